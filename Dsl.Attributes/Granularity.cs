namespace LayerDsl;

/// <summary>Which weights share a scale.</summary>
public enum Granularity
{
    /// <summary>All weights of the layer.</summary>
    Tensor,

    /// <summary>The weights of one output channel: a row.</summary>
    Channel,

    /// <summary>A number of neighbouring weights of a row: <see cref="QuantizeAttribute.GroupSize"/>.</summary>
    Group,
}
