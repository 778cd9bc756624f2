namespace LayerDsl.Generator.Forward;

/// <summary>What one pass over memory computes for each value, from the values at the same place of its arguments.</summary>
internal abstract record FusedValue
{
    private FusedValue()
    {
    }

    /// <summary>A value of an argument.</summary>
    /// <param name="Number">The argument's number.</param>
    public sealed record Argument(int Number) : FusedValue;

    /// <summary>A function of one value.</summary>
    public sealed record Activate(Activation Function, FusedValue Operand) : FusedValue;

    /// <summary>Two values.</summary>
    public sealed record Combine(Arithmetic Operation, FusedValue Left, FusedValue Right) : FusedValue;

    /// <summary>A value and a number, which may stand on the left.</summary>
    public sealed record WithNumber(Arithmetic Operation, FusedValue Operand, double Number, bool NumberFirst) : FusedValue;

    /// <summary>The derivative of a function at a value.</summary>
    public sealed record Slope(Activation Function, FusedValue Operand) : FusedValue;
}
