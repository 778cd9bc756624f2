using System.Reflection;
using LayerDsl.Autograd;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>What kernels of training look up and draw, value by value.</summary>
public sealed class LevelKernelTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    [Fact]
    public void Lookups_are_those_of_TorchSharp_at_ties_and_beyond_all_levels()
    {
        string[] schemes = ["Nf4", "Fp4E2M1", "Fp4E3M0", "Fp8E4M3", "Fp8E5M2", "Apot"];
        var run = GeneratorRun.OnDevice(string.Concat(schemes.Select(scheme =>
            $"[LayerModel] public sealed partial class {scheme}Model : nn.Module<Tensor, Tensor> {{ [Linear(1, 1), Quantize({(scheme.StartsWith("Fp8", StringComparison.Ordinal) ? string.Empty : "Bits = 4, ")}Scheme = Scheme.{scheme})] public partial Layer A {{ get; }} public override Tensor forward(Tensor x) => A.forward(x); }}\n")));
        var assembly = run.Load();

        Assert.All(schemes, scheme =>
        {
            var type = assembly.GetType(scheme + "Model")!;
            LooksUp(type);
            using var trained = TrainerRun.Of(type, device);
            trained.PassesAgree(batch: 1);
        });
    }

    [Fact]
    public void Rounding_at_random_takes_the_neighbours_with_the_right_mean()
    {
        const int Draws = 600, Width = 4;
        var type = GeneratorRun.OnDevice("[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 3, Bias = false), Quantize(Bits = 4, Rounding = Rounding.Stochastic)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }").Load().GetType("M")!;
        using var trained = TrainerRun.Of(type, device);
        var (trainer, weight) = (trained.Trainer, trained.Trainer.Parameters.Single().Get());
        float[] Draw()
        {
            var y = new float[weight.Length];
            trainer.Forward([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], y, Width); // the weight, transposed
            return [.. Enumerable.Range(0, y.Length).Select(k => y[(k % Width * (weight.Length / Width)) + (k / Width)])];
        }

        trainer.Seed = 7;
        float[][] draws = [.. Enumerable.Range(0, Draws).Select(_ => Draw())];
        for (var k = 0; k < weight.Length; k++)
        {
            var step = weight.Skip(k / Width * Width).Take(Width).Max(MathF.Abs) / 7;
            var (below, part) = (Math.Floor(weight[k] / step), (weight[k] / step) - Math.Floor(weight[k] / step));
            Assert.All(draws, draw => Assert.True(Math.Abs((draw[k] / step) - below) < 1e-5 || Math.Abs((draw[k] / step) - below - 1) < 1e-5, $"{draw[k]} for {weight[k]} with steps of {step}"));

            // Five deviations of the mean of Bernoulli draws; the seed is fixed.
            var deviation = Math.Sqrt(part * (1 - part) / Draws);
            Assert.True(Math.Abs(draws.Average(draw => draw[k] / step) - below - part) <= (5 * deviation) + 1e-5, $"the mean of draws of {weight[k]}");
        }

        trainer.Seed = 7;
        Assert.Equal(draws[0], Draw());
        Assert.Equal(draws[1], Draw());
        trainer.Seed = 8;
        Assert.NotEqual(draws[0], Draw());
        float[] gradY = [.. Enumerable.Range(0, weight.Length).Select(k => k + 1f)];
        trainer.Backward(gradY);
        Assert.Equal([.. Enumerable.Range(0, weight.Length).Select(k => gradY[(k % Width * (weight.Length / Width)) + (k / Width)])], trainer.Parameters.Single().GetGradient());
    }

    /// <summary>The known answers of the authors' library, Random123.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Random_words_are_those_of_the_paper(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3) =>
        Assert.Equal(new PhiloxWords(w0, w1, w2, w3), Philox.Next(new PhiloxWords(c0, c1, c2, c3), new PhiloxKey(k0, k1)));

    private static void LooksUp(Type model)
    {
        var onHost = model.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)).Single(field => field.FieldType == typeof(Codebook));
        var (levels, methods) = ((Codebook)onHost.GetValue(null)!, model.GetNestedType("ALayerOnDevice")!.GetMethods(BindingFlags.Static | BindingFlags.NonPublic));
        var (nearest, level) = (Function(methods, "Nearest" + onHost.Name), Function(methods, "LevelOf" + onHost.Name));
        var middles = Enumerable.Range(1, levels.Levels.Length - 1).Select(k => (float)((levels.Levels[k - 1] + levels.Levels[k]) / 2));
        float[] values = [.. middles.SelectMany(middle => new[] { MathF.BitDecrement(middle), middle, MathF.BitIncrement(middle) }), .. levels.Levels.ToArray().Select(value => (float)value), 0f, -0f, float.Epsilon, float.NegativeInfinity, float.PositiveInfinity, float.NaN];
        float[] numbers = [.. Enumerable.Range(-1, levels.Levels.Length + 2).Select(k => (float)k), 0.5f, float.NaN];
        using var wanted = levels.Nearest(tensor(values));
        using var named = levels.At(tensor(numbers));

        Assert.Equal(wanted.data<float>().ToArray(), values.Select(nearest));
        Assert.Equal(named.data<float>().ToArray(), numbers.Select(level));
    }

    private static Func<float, float> Function(MethodInfo[] methods, string name) => methods.Single(method => method.Name == name).CreateDelegate<Func<float, float>>();
}
