namespace LayerDsl;

/// <summary>
/// Decides for an assembly what becomes of a layer whose fold agrees with its training form wherever it was tried, without a proof
/// for all inputs: <c>[assembly: ProofPolicy(TestedFolds.Refuse)]</c>. Without the attribute it is a warning. A fold that was
/// refuted is always an error.
/// </summary>
/// <param name="testedFolds">What becomes of a fold that is tested only.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ProofPolicyAttribute(TestedFolds testedFolds) : Attribute
{
    /// <summary>What becomes of a fold that is tested only.</summary>
    public TestedFolds TestedFolds { get; } = testedFolds;
}
