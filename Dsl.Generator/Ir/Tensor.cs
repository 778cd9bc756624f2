namespace LayerDsl.Generator.Ir;

/// <summary>What a named tensor is to the layer: it decides who stores it, who updates it and who sees it.</summary>
internal enum TensorRole
{
    /// <summary>Given with each call.</summary>
    Input,

    /// <summary>Stored, and updated by the optimizer.</summary>
    Trainable,

    /// <summary>Stored as a parameter that asks for no gradient.</summary>
    Frozen,

    /// <summary>Stored, saved with the state, never a parameter.</summary>
    Buffer,

    /// <summary>Computed once from the stored tensors when the layer is folded.</summary>
    Folded,

    /// <summary>The gradient that arrives from above.</summary>
    OutputGradient,
}

/// <summary>What is known of a tensor's values; laws with a side condition ask for it.</summary>
internal enum Domain
{
    Real,

    /// <summary>Greater than zero.</summary>
    Positive,

    /// <summary>0 or 1.</summary>
    Mask,
}

/// <summary>A named tensor with the sizes of its axes. Its indices name the axes in storage order.</summary>
internal sealed record Tensor(string Name, TensorRole Role, EquatableArray<Index> Axes, Domain Domain = Domain.Real)
{
    /// <summary>For a table of places: one more than its largest entry. Its entries are integers from 0.</summary>
    public Size? Entries { get; init; }

    /// <summary>Whether the rows of this matrix are orthonormal, because the fold that computes it makes them so.</summary>
    public bool HasOrthonormalRows { get; init; }

    /// <summary>Reads the tensor at its own axes.</summary>
    public Expr All => new Access(this, Axes.Select(axis => (AffineIndex)axis).ToEquatableArray());

    /// <summary>Reads the tensor at the given places, one for each axis.</summary>
    public Expr this[params AffineIndex[] at] => at.Length == Axes.Count
        ? new Access(this, at.ToEquatableArray())
        : throw new ShapeException($"'{Name}' has {Axes.Count} axes, not {at.Length}.");

    public override string ToString() => Name;
}

/// <summary>A method or a layer built an expression whose shapes do not fit: a fault in that method, found while building.</summary>
internal sealed class ShapeException : Exception
{
    public ShapeException(string message)
        : base(message)
    {
    }
}
