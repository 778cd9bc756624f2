using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

public class AttentionKernelTests
{
    private static readonly (AttentionGeometry Geometry, int Tokens)[] Cases =
    [
        (new(6, 3), 1),
        (new(6, 3, Causal: true), 5),
        (new(8, 4, 2), 4),
        (new(48, 3, 1, Causal: true), 37),
        (new(64, 2), 50),
        (new(20, 4, Causal: true, MergedQueryKey: true), 19),
        (new(20, 4, MergedQueryKey: true), 17),
        (new(20, 4, Causal: true, MergedQueryKey: true, QueryBias: true), 19),
        (new(20, 4, MergedQueryKey: true, QueryBias: true), 33),
        (new(1, 1, MergedQueryKey: true, QueryBias: true), 3),
        (new(96, 4, 2, Causal: true), 67),
    ];

    public static TheoryData<string, int> Shapes
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var kernels in Widths.All)
            {
                for (var k = 0; k < Cases.Length; k++)
                {
                    data.Add(kernels, k);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Heads_attend_as_in_double_precision(string kernels, int index)
    {
        var (g, tokens) = Cases[index];
        var random = new Random(index);
        var layer = AttentionLayers.Make(g, random);
        var x = Values.Uniform(random, 3 * tokens * g.Dim);
        var y = new float[x.Length];

        layer.Attend(x, y, 3, tokens, default, Widths.Of(kernels));

        for (var sample = 0; sample < 3; sample++)
        {
            var expected = AttentionLayers.Plain(layer, x.AsSpan(sample * tokens * g.Dim, tokens * g.Dim).ToArray(), tokens);
            for (var k = 0; k < expected.Length; k++)
            {
                // Values are means of numbers below 3; the exponentials and the sums of a few hundred terms cost some 2⁻²⁰.
                Values.Close(expected[k], y[(sample * expected.Length) + k], 3e-6, $"y[{sample},{k}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Steps_with_a_cache_give_what_the_whole_sequence_does(string kernels, int index)
    {
        var (given, tokens) = Cases[index];
        var g = given with { Causal = true };
        var random = new Random(index);
        var layer = AttentionLayers.Make(g, random);
        var x = Values.Uniform(random, tokens * g.Dim);
        var (whole, y, cache) = (new float[x.Length], new float[x.Length], new KeyValueCache(g, tokens, Widths.Of(kernels)));
        layer.Attend(x, whole, 1, tokens, default, Widths.Of(kernels));

        for (var run = 0; run < 2; run++)
        {
            cache.Reset();
            y.AsSpan().Clear();
            for (var (token, taken) = (0, 0); token < tokens; token += taken)
            {
                taken = Math.Min(tokens - token, 1 + ((token + run) % 4));
                layer.Step(x.AsSpan(token * g.Dim, taken * g.Dim), cache, y.AsSpan(token * g.Dim, taken * g.Dim));
                Assert.Equal(token + taken, cache.Count);
            }

            for (var k = 0; k < y.Length; k++)
            {
                // The same sums, cut into other tiles.
                Values.Close(whole[k], y[k], 3e-6, $"y[{k}]");
            }
        }
    }

    [Fact]
    public void A_token_is_not_touched_by_NaN_in_one_after_it()
    {
        foreach (var kernels in Widths.Tested)
        {
            var g = new AttentionGeometry(16, 2, Causal: true);
            var random = new Random(1);
            var layer = AttentionLayers.Make(g, random);
            var x = Values.Uniform(random, 20 * 16);
            var (clean, y) = (new float[x.Length], new float[x.Length]);
            layer.Attend(x, clean, 1, 20, default, kernels);
            x[(9 * 16) + 3] = float.NaN;

            layer.Attend(x, y, 1, 20, default, kernels);

            Assert.Equal(clean[..(9 * 16)], y[..(9 * 16)]);
            Assert.All(y[(9 * 16)..], value => Assert.True(float.IsNaN(value)));
        }
    }
}
