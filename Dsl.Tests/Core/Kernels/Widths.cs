using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

/// <summary>The widths of vectors that a test goes through, by name: each runs on every processor, by halves where it has to.</summary>
internal static class Widths
{
    /// <summary>Set in a process that lacks instruction sets: there the widest vectors are those of 128 bits, and wider ones no more than several of them.</summary>
    public const string NarrowOnly = "LAYERDSL_TEST_NARROW_ONLY";

    public static IReadOnlyList<KernelWidth> Tested { get; } =
        Environment.GetEnvironmentVariable(NarrowOnly) is null ? Enum.GetValues<KernelWidth>() : [KernelWidth.Narrow];

    public static IEnumerable<string> All => Tested.Select(width => width.ToString());

    public static KernelWidth Of(string name) => Enum.Parse<KernelWidth>(name);

    /// <summary>The same numbers in the middle of a larger array, so that they start at no round address.</summary>
    public static Span<float> Shifted(float[] values, int by)
    {
        var larger = new float[values.Length + by + 3];
        values.CopyTo(larger, by);
        return larger.AsSpan(by, values.Length);
    }

    /// <summary>The products of rows in double precision, and what bounds the error of a sum in any order: n u Σ|terms|.</summary>
    public static void CloseToProduct(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, ReadOnlySpan<float> y, int inputs, int outputs)
    {
        for (var k = 0; k < y.Length; k++)
        {
            var (row, o) = Math.DivRem(k, outputs);
            double expected = bias.IsEmpty ? 0 : bias[o], magnitude = Math.Abs(expected);
            for (var i = 0; i < inputs; i++)
            {
                var term = (double)x[(row * inputs) + i] * weight[(o * inputs) + i];
                expected += term;
                magnitude += Math.Abs(term);
            }

            Values.Close(expected, y[k], (inputs + 2) * magnitude * Math.Pow(2, -24), $"y[{row},{o}]");
        }
    }
}
