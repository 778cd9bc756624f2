namespace LayerDsl.Generator.Own;

/// <summary>How large a body may be: what comes later recurses into formulas, on the compiler's stack, and writes them out.</summary>
internal static class OwnLimits
{
    /// <summary>Nested nodes of syntax; reading recurses into them.</summary>
    public const int DeepestSyntax = 150;

    /// <summary>Helper methods that call each other.</summary>
    public const int DeepestCalls = 8;

    /// <summary>Operations of a body with all its helper methods written out.</summary>
    public const int MostSteps = 400;

    /// <summary>Nested functions of a formula: its derivative is twice as deep, and a proof looks at 100.</summary>
    public const int DeepestFormula = 40;

    /// <summary>Nested functions of all methods of a layer.</summary>
    public const int DeepestLayer = 80;

    /// <summary>Parts of the weight of a layer, written out.</summary>
    public const long LongestLayer = 40_000;

    /// <summary>Parts of a formula, those that are used twice counted twice.</summary>
    public const long LongestFormula = 4_000;
}
