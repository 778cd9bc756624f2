using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>What the papers say of their grids: worst errors, levels, errors on normal weights; and small formats written out.</summary>
public sealed partial class GridPropertyTests
{
    [Linear(4096, 1, Bias = false), Quantize(Bits = 5, Scheme = Scheme.Log2)]
    public sealed partial class Log2Row;

    [Linear(4096, 1, Bias = false), Quantize(Bits = 5, Scheme = Scheme.LogSqrt2)]
    public sealed partial class LogSqrt2Row;

    [Linear(65536, 1, Bias = false), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQRow;

    [Linear(16, 1, Bias = false), Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)]
    public sealed partial class E2M1Row;

    [Linear(16, 1, Bias = false), Quantize(Bits = 4, Scheme = Scheme.Fp4E3M0)]
    public sealed partial class E3M0Row;

    [Linear(256, 1, Bias = false), Quantize(Scheme = Scheme.Fp8E4M3)]
    public sealed partial class E4M3Row;

    [Linear(256, 1, Bias = false), Quantize(Scheme = Scheme.Fp8E5M2)]
    public sealed partial class E5M2Row;

    /// <summary>In range the nearest power is wrong by at most the root of the radix less one: √2 - 1, and 2^¼ - 1 for powers of √2.</summary>
    [Fact]
    public void Powers_are_off_by_at_most_the_root_of_their_radix()
    {
        // From 1 down to 2⁻⁷: within the 16 magnitudes of either grid.
        var weight = exp2(linspace(0, -7, 4096)).reshape(1, -1);
        Assert.InRange(WorstError(new Log2Row(), weight), 0.41, 0.41422);
        Assert.InRange(WorstError(new LogSqrt2Row(), weight), 0.187, 0.18922);
    }

    /// <summary>Levels of 2^(-k/2): the even ones are powers of two, the odd ones √2 times such.</summary>
    [Fact]
    public void Powers_of_root_two_are_shifts_and_one_product()
    {
        var layer = new LogSqrt2Row();
        var levels = ((FoldedLinear)layer.Fold()).Quantized!.Format.Levels.Take(16).ToArray();
        for (var k = 0; k < levels.Length; k++)
        {
            var shifted = MathF.ScaleB(k % 2 == 0 ? 1 : MathF.Sqrt(2), -((k + 1) / 2));
            Assert.Equal(shifted, levels[k], MathF.BitIncrement(shifted) - shifted);
        }
    }

    /// <summary>Two bits: ±½·E|w| and ±1½·E|w|, which is .399 and 1.197 for normal weights, near the best four levels ±.453, ±1.510 (Max 1960).</summary>
    [Fact]
    public void Half_steps_of_the_mean_magnitude_are_near_the_best_levels_of_normal_weights()
    {
        random.manual_seed(5);
        var layer = new StatsQRow();
        var weight = randn(1, 65536);
        layer.LoadWeight(weight);
        var rounded = Numbers(Weight(layer));
        double[] levels = [.. rounded.Distinct().Order().Select(level => (double)level)];
        var mean = weight.abs().mean().item<float>();
        Assert.Equal([-1.5 * mean, -0.5 * mean, 0.5 * mean, 1.5 * mean], levels, (left, right) => Math.Abs(left - right) < 1e-5);
        Assert.InRange(levels[2], .399 * .99, .399 * 1.01);
        Assert.InRange(levels[3], 1.197 * .99, 1.197 * 1.01);

        // .1175 is the error of the best four levels.
        var error = rounded.Zip(Numbers(weight), (level, w) => Math.Pow(level - (double)w, 2)).Average();
        Assert.InRange(error, ErrorOnNormal(.3989) * .98, ErrorOnNormal(.3989) * 1.02);
        Assert.InRange(ErrorOnNormal(.3989), .1175, .1175 * 1.2);
    }

    /// <summary>Every value of a format is its own rounding, and its code is its bit pattern.</summary>
    [Theory]
    [InlineData("E2M1")]
    [InlineData("E3M0")]
    [InlineData("E4M3")]
    [InlineData("E5M2")]
    public void Every_code_of_a_small_format_is_met_by_its_value(string name)
    {
        Layer layer = name switch { "E2M1" => new E2M1Row(), "E3M0" => new E3M0Row(), "E4M3" => new E4M3Row(), _ => new E5M2Row() };
        var (exponentBits, mantissaBits, bias, largest) = name switch { "E2M1" => (2, 1, 1, 6.0), "E3M0" => (3, 0, 3, 16.0), "E4M3" => (4, 3, 7, 448.0), _ => (5, 2, 15, 57344.0) };
        var (half, count) = (1 << (exponentBits + mantissaBits), 1 << (1 + exponentBits + mantissaBits));
        double ValueOf(int code)
        {
            var (exponent, mantissa) = ((code % half) >> mantissaBits, code & ((1 << mantissaBits) - 1));
            var magnitude = exponent == 0 ? mantissa * Math.Pow(2, 1 - bias - mantissaBits) : (1 + (mantissa * Math.Pow(2, -mantissaBits))) * Math.Pow(2, exponent - bias);
            return code < half ? magnitude : -magnitude;
        }

        // Patterns beyond the largest value are infinities and no numbers; -0 has the code of 0.
        int[] codes = [.. Enumerable.Range(0, count).Select(code => Math.Abs(ValueOf(code)) > largest || code == half ? 0 : code)];
        layer.LoadWeight(tensor([.. codes.Select(code => (float)ValueOf(code))]).reshape(1, -1));
        var quantized = ((FoldedLinear)layer.Fold()).Quantized!;
        var read = new byte[count];
        quantized.Codes.Read(0, read);
        Assert.Equal(1f, quantized.Scales[0]);
        Assert.Equal(codes, read.Select(code => (int)code));
        Assert.All(codes, code => Assert.Equal((float)ValueOf(code), quantized.Format.Levels[code]));
    }

    /// <summary>∫ (w - level)² φ(w) for levels ±d, ±3d with cells that meet half way, by a sum over fine steps.</summary>
    private static double ErrorOnNormal(double d)
    {
        const double Step = 1e-3;
        return Enumerable.Range(0, 10_000).Sum(k =>
        {
            var w = (k + 0.5) * Step;
            return 2 * Step * Math.Exp(-w * w / 2) / Math.Sqrt(2 * Math.PI) * Math.Pow(w - (w < 2 * d ? d : 3 * d), 2);
        });
    }

    private static double WorstError(Layer layer, Tensor weight)
    {
        layer.LoadWeight(weight);
        return ((Weight(layer) - weight).abs() / weight).max().item<float>();
    }

    private static Tensor Weight(Layer layer) => ((TorchSharp.Modules.Linear)layer.FoldTorch()).weight!.detach();

    private static float[] Numbers(Tensor tensor) => tensor.reshape(-1).data<float>().ToArray();
}
