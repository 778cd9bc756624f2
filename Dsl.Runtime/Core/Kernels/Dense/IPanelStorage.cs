namespace LayerDsl;

/// <summary>How a row of a panel, two vectors of weights, is stored.</summary>
internal unsafe interface IPanelStorage
{
    /// <summary>Storage of a row, in units of 32 bits.</summary>
    static abstract int RowLength(int panelWidth);

    /// <summary>The weights of a row.</summary>
    static abstract void Read<TSimd, TVector>(float* row, out TVector left, out TVector right)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}

/// <summary>32-bit floats, one after the other.</summary>
internal readonly unsafe struct Float32Panels : IPanelStorage
{
    public static int RowLength(int panelWidth) => panelWidth;

    public static void Read<TSimd, TVector>(float* row, out TVector left, out TVector right)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct => (left, right) = (TSimd.Load(row), TSimd.Load(row + TSimd.Count));
}

/// <summary>bfloat16, the upper halves of 32-bit floats: those of the right vector in the upper half of 32 bits, those of the left one in the lower, so that a shift and a mask make floats of them.</summary>
internal readonly unsafe struct BFloat16Panels : IPanelStorage
{
    public static int RowLength(int panelWidth) => panelWidth / 2;

    public static void Read<TSimd, TVector>(float* row, out TVector left, out TVector right)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct => (left, right) = (TSimd.LowerHalves(row), TSimd.UpperHalves(row));
}
