namespace LayerDsl.Ilgpu.Weights;

/// <summary>Recognizes levels that need no table.</summary>
internal static class LevelTables
{
    /// <summary>Whether each level is one more than the one before.</summary>
    public static bool AreSteps(EquatableList<float> levels) => levels.Select((level, code) => level == levels[0] + code).All(isNext => isNext);

    /// <summary>Whether the first half is 1, ½, ¼, … and the second half the same below zero, all in the normal range.</summary>
    public static bool ArePowers(EquatableList<float> levels)
    {
        var half = levels.Count / 2;
        return half is >= 1 and <= 64 && levels.Select((level, code) => level == MathF.ScaleB(code < half ? 1 : -1, -(code % half))).All(isPower => isPower);
    }
}
