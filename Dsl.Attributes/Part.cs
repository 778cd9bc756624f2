namespace LayerDsl;

/// <summary>The projections of an attention layer, by which a method says where it acts: <c>On = Part.Query | Part.Key</c>.</summary>
[Flags]
public enum Part
{
    /// <summary>No projection.</summary>
    None = 0,

    /// <summary>The projection to queries.</summary>
    Query = 1,

    /// <summary>The projection to keys.</summary>
    Key = 2,

    /// <summary>The projection to values.</summary>
    Value = 4,

    /// <summary>The projection of the joined heads to the output.</summary>
    Output = 8,

    /// <summary>All four.</summary>
    All = Query | Key | Value | Output,
}
