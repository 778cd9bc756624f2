using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>A side of a weight whose size a method divides: <c>out = p · (out / p)</c>, so that its index has a place in the one and in the other.</summary>
/// <param name="Side">The side: <c>out</c> or <c>in</c>.</param>
/// <param name="Text">The divisor as it is written.</param>
/// <param name="Divisor">The divisor.</param>
/// <param name="Number">Its value.</param>
internal sealed record SizePart(string Side, string Text, Size Divisor, long Number)
{
    /// <summary>The symbol of the quotient.</summary>
    public string Symbol => Side + "/" + Text;

    /// <summary>The size of the side.</summary>
    public Size Whole => Divisor * Size.Symbol(Symbol);

    /// <summary>The value of the quotient.</summary>
    /// <param name="whole">The declared size of the side.</param>
    public SizeBinding Binding(int whole) => new(Symbol, whole / Math.Max(1, Number));
}
