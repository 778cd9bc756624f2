namespace LayerDsl;

/// <summary>Four vectors that a kernel keeps in registers.</summary>
internal struct Four<TV>
    where TV : struct
{
    public TV A;
    public TV B;
    public TV C;
    public TV D;
}
