namespace LayerDsl.Generator.Forward;

/// <summary>What an expression in <c>forward</c> stands for.</summary>
internal abstract record Operand
{
    /// <summary>A tensor with the batch first: 0 is the input, n is the result of step n - 1.</summary>
    internal sealed record Tensor(int Value) : Operand;

    /// <summary>A number known at compile time.</summary>
    internal sealed record Number(double Value) : Operand;

    /// <summary>How many samples there are.</summary>
    internal sealed record Batch : Operand;

    /// <summary>A scope that disposes tensors: of no effect on values.</summary>
    internal sealed record Scope : Operand;

    /// <summary>Something refused, and reported where it stands.</summary>
    internal sealed record Refused : Operand;
}
