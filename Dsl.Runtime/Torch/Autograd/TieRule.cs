namespace LayerDsl.Autograd;

/// <summary>To which of two equally near levels of a <see cref="Codebook"/> a value belongs.</summary>
public enum TieRule
{
    /// <summary>To the lower one.</summary>
    Lower,

    /// <summary>To the one with an even number.</summary>
    Even,
}
