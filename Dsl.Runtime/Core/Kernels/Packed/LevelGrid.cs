namespace LayerDsl;

/// <summary>
/// What the codes of a format stand for, as kernels use it: evenly spaced levels are the code itself, <c>level = step · (code - zero)</c>, so that only scale and zero
/// point change; other levels are looked up.
/// </summary>
/// <param name="IsEven">Whether levels are evenly spaced, a power of two apart.</param>
/// <param name="Step">The step, a factor of the scales; 1 for levels that are looked up.</param>
/// <param name="Zero">The zero point of every row that belongs to the levels: in codes (less 128 where they have 8 bits); 0 for levels that are looked up.</param>
internal sealed record LevelGrid(bool IsEven, float Step, float Zero)
{
    /// <summary>The largest magnitude of a whole number that stands for a level.</summary>
    public const int MostMagnitude = 128;

    private const int MostLookedUpBits = 6;
    private const int MostBitsByParity = 4;

    /// <summary>A level is a float32: its logarithm is right to some 1e-7.</summary>
    private const double PowerTolerance = 1e-6;

    /// <summary>The 8-bit codes of 16 levels are whole numbers of this power of two, for looked up levels only.</summary>
    public float WholeStep { get; private init; } = 1;

    /// <summary>Levels as whole numbers of <see cref="WholeStep"/> from -128 to 128, the nearest where <see cref="IsWhole"/> is false.</summary>
    public EquatableList<float> Whole { get; private init; } = EquatableList.Create<float>([]);

    /// <summary>Whether whole numbers stand for levels exactly.</summary>
    public bool IsWhole { get; private init; } = true;

    /// <summary>Whether there are kernels for inputs of 8 bits: not for more than 16 levels that are looked up.</summary>
    public bool HasIntegerKernel => IsEven || Whole.Count > 0;

    /// <summary>Half of a code's step of the whole numbers where they are not exact: the largest error of a level.</summary>
    public float LevelError => IsWhole ? 0 : WholeStep / 2;

    /// <summary>The grid of a format without planes, or null for more than 64 levels that do not lie evenly: memory finds these as fast.</summary>
    public static LevelGrid? Of(QuantizedFormat format)
    {
        var levels = format.Levels;
        var step = levels[1] - levels[0];
        if (IsPowerOfTwo(step) && Enumerable.Range(0, levels.Count).All(k => levels[k] == levels[0] + (step * (double)k)))
        {
            var zero = -levels[0] / step;
            return new LevelGrid(true, step, format.Bits == 8 ? zero - MostMagnitude : zero);
        }

        return format.Bits <= 4 ? Listed(levels) : format.Bits <= MostLookedUpBits ? new LevelGrid(false, 1, 0) { IsWhole = false } : null;
    }

    /// <summary>
    /// Powers of √2 of either sign as a sum of two grids of whole numbers: the even powers, with 0 in the place of odd ones, and the odd ones divided by √2
    /// (the fold of log√2 to log2 of RepQ-ViT: Li et al. 2023, arXiv 2212.08254). Null where levels are no such powers, or more than 16.
    /// </summary>
    public static (LevelGrid Even, LevelGrid Odd)? ByParity(QuantizedFormat format)
    {
        if (format.Bits > MostBitsByParity || format.Levels.Count == 0 || format.HasZeroPoints)
        {
            return null;
        }

        var powers = format.Levels.Select(level => 2 * Math.Log2(Math.Abs((double)level))).ToArray();
        if (!powers.All(power => Math.Abs(power - Math.Round(power)) < PowerTolerance))
        {
            return null;
        }

        float[] Whole(int parity) => [.. powers.Select((power, code) => ((int)Math.Round(power) & 1) == parity ? MathF.ScaleB(Math.Sign(format.Levels[code]), (int)Math.Round(power) >> 1) : 0)];
        var step = MathF.ScaleB(1, ((int)Math.Round(powers.Max()) >> 1) - 7);
        LevelGrid? Grid(float[] levels) => levels.All(level => level / step == MathF.Round(level / step))
            ? new LevelGrid(false, 1, 0) { WholeStep = step, Whole = EquatableList.Create([.. levels.Select(level => level / step)]) }
            : null;
        return step <= 1 && Grid(Whole(0)) is { } even && Grid(Whole(1)) is { } odd ? (even, odd) : null;
    }

    private static LevelGrid Listed(EquatableList<float> levels)
    {
        var largest = levels.Max(Math.Abs);
        var step = largest == 0 ? 1 : MathF.ScaleB(1, (int)Math.Ceiling(Math.Log2(largest)) - 7);
        var whole = levels.Select(level => MathF.Round(level / step)).ToArray();
        return new LevelGrid(false, 1, 0)
        {
            WholeStep = step,
            Whole = EquatableList.Create(whole),
            IsWhole = whole.Zip(levels, (number, level) => number * step == level).All(same => same),
        };
    }

    private static bool IsPowerOfTwo(float value) => value > 0 && float.IsNormal(value) && MathF.ScaleB(1, MathF.ILogB(value)) == value;
}
