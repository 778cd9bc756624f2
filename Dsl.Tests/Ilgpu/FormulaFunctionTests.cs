using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Functions that formulas of users' methods may have, against those of the host in 64 bits.</summary>
public sealed class FormulaFunctionTests(CpuDevice device, OfflineCompiler compiler) : IClassFixture<CpuDevice>, IClassFixture<OfflineCompiler>
{
    [Fact]
    public void Functions_of_formulas_are_right_to_their_last_places()
    {
        var random = new Random(3);
        for (var k = 0; k < 4000; k++)
        {
            var (x, wide) = ((float)((random.NextDouble() * 2) - 1), (float)((random.NextDouble() * 200) - 100));
            Assert.Equal(Math.Sin(wide), DeviceMath.Sin(wide), 2e-7);
            Assert.Equal(Math.Cos(wide * 80), DeviceMath.Cos(wide * 80), 2e-7);
            Assert.Equal(Math.Tan(x), DeviceMath.Tan(x), 5e-7);
            Assert.Equal(Math.Atanh(x), DeviceMath.Atanh(x), 4e-7 * (1 + Math.Abs(Math.Atanh(x))));
            using var erf = special.erf(tensor((double)wide / 20));
            Assert.Equal(erf.item<double>(), DeviceMath.Erf(wide / 20), 2.5e-7);
        }

        Assert.Equal(float.PositiveInfinity, DeviceMath.Atanh(1));
        Assert.True(float.IsNaN(DeviceMath.Atanh(1.5f)) && float.IsNaN(DeviceMath.Sin(float.PositiveInfinity)) && float.IsNaN(DeviceMath.Erf(float.NaN)));
        Assert.True(float.IsNegative(DeviceMath.Erf(-0f)) && float.IsNegative(DeviceMath.Atanh(-0f)));
    }

    [Fact]
    public void Angles_of_any_size_keep_their_last_turn()
    {
        var random = new Random(4);
        float[] edges = [8192, 8191.9995f, 4194304, 16777216, 1e20f, -1e20f, float.MaxValue, -float.MaxValue, 5.37199e22f];
        var angles = edges.Concat(Enumerable.Range(0, 20_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(0x45F00000, 0x7F7FFFFF)) * (random.Next(2) == 0 ? 1 : -1)));
        Assert.All(angles, x =>
        {
            Assert.Equal(Math.Sin(x), DeviceMath.Sin(x), 2e-7);
            Assert.Equal(Math.Cos(x), DeviceMath.Cos(x), 2e-7);
        });
    }

    [Fact]
    public void Large_angles_compile_for_every_device()
    {
        var kernel = ((Action<Index1D, ArrayView<float>, ArrayView<float>>)Angles).Method;
        Assert.All(OfflineCompiler.Architectures, architecture => Assert.DoesNotContain(".local", compiler.Ptx(kernel, isGrouped: false, architecture).Text, StringComparison.Ordinal));
        Assert.Contains("kernel void", compiler.OpenCL(kernel, isGrouped: false), StringComparison.Ordinal);
        float[] x = [-1e20f, 9000, 3e38f, 0.5f];
        using var from = device.Accelerator.Allocate1D(x);
        using var to = device.Accelerator.Allocate1D<float>(x.Length);

        device.Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Angles)(x.Length, from.View, to.View);

        Assert.All(x.Zip(to.GetAsArray1D()), pair => Assert.Equal(Math.Sin(pair.First) + Math.Cos(pair.First), pair.Second, 4e-7));
    }

    private static void Angles(Index1D i, ArrayView<float> x, ArrayView<float> y) => y[i] = DeviceMath.Sin(x[i]) + DeviceMath.Cos(x[i]);
}
