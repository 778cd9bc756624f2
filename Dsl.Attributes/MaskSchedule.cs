namespace LayerDsl;

/// <summary>Whether and how masks move while a model trains; <c>SparseTrainer</c> moves them.</summary>
public enum MaskSchedule
{
    /// <summary>The random mask drawn when the layer is made stays.</summary>
    Static,

    /// <summary>Drops the smallest weights and grows random ones (SET: Mocanu et al. 2018, arXiv 1707.04780).</summary>
    Set,

    /// <summary>Drops the smallest weights and grows those with the largest gradients (RigL: Evci et al. 2020, arXiv 1911.11134).</summary>
    RigL,
}
