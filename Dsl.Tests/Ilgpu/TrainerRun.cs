using System.Reflection;
using LayerDsl.Ilgpu;
using LayerDsl.Tests.Core.Folded;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>A generated model beside its trainer on the accelerator that emulates a device.</summary>
internal sealed class TrainerRun : IDisposable
{
    /// <summary>Sums of less than 100 terms around 1, through a few layers and back: some hundred times their rounding.</summary>
    public const double Tolerance = 3e-5;

    private TrainerRun(nn.Module<Tensor, Tensor> model, DeviceTrainer trainer) => (Model, Trainer) = (model, trainer);

    public nn.Module<Tensor, Tensor> Model { get; }

    public DeviceTrainer Trainer { get; }

    /// <summary>Inputs are whole numbers from 0 to this, without it; 0 for numbers of any kind.</summary>
    public int Entries { get; set; }

    public static TrainerRun Of(Type type, CpuDevice device, DeviceOptimizer? optimizer = null, params long[] calibrated)
    {
        random.manual_seed(5);
        var model = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;
        if (calibrated.Length > 0 && model.modules().OfType<Layer>().Any(layer => layer.GetActivationParameters() is { Format.Scheme: "Uniform" }))
        {
            model.Calibrate([randn([8, .. calibrated])]);
        }

        model.train();
        try
        {
            return new TrainerRun(model, (DeviceTrainer)type.GetMethod("TrainIlgpu")!.Invoke(model, [device.Accelerator, optimizer ?? new DeviceSgd(0.1)])!);
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } inner)
        {
            throw new InvalidOperationException(type.Name + ": " + inner.Message, inner);
        }
    }

    /// <summary>The outputs and all gradients equal those of TorchSharp, for a gradient of the outputs at random.</summary>
    public void PassesAgree(int batch, int seed = 1, params long[] sample)
    {
        var x = Input(batch, seed);
        var gradY = Values.Uniform(new Random(seed + 1), batch * Trainer.OutputSize);
        var y = new float[batch * Trainer.OutputSize];
        Trainer.Forward(x, y, batch);
        Trainer.Backward(gradY);

        using var scope = NewDisposeScope();
        Model.zero_grad();
        var expected = Model.forward(OfInput(x, [batch, .. sample.Length == 0 ? [-1] : sample]));
        (expected.flatten() * tensor(gradY)).sum().backward();
        Close(expected, y, "output");
        var named = Model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        Assert.Equal(named.Keys.Order(), Trainer.Parameters.Where(parameter => named.ContainsKey(parameter.Name)).Select(parameter => parameter.Name).Order());
        foreach (var parameter in Trainer.Parameters.Where(parameter => parameter.IsTrained))
        {
            Close(named[parameter.Name].grad!, parameter.GetGradient(), parameter.Name);
        }
    }

    /// <summary>Inputs at random.</summary>
    public float[] Input(int batch, int seed)
    {
        var random = new Random(seed);
        return Entries == 0 ? Values.Uniform(random, batch * Trainer.InputSize) : [.. Enumerable.Range(0, batch * Trainer.InputSize).Select(_ => (float)random.Next(Entries))];
    }

    /// <summary>Inputs as TorchSharp's model takes them.</summary>
    public Tensor OfInput(float[] x, params long[] shape) => Entries == 0 ? tensor(x).reshape(shape) : tensor(x).reshape(shape).to_type(ScalarType.Int64);

    /// <summary>The first row of the first layer's first matrix is 0 in both, its first number −0.</summary>
    public void ZeroRow()
    {
        var parameter = Trainer.Parameters.First(candidate => candidate.CanBeTrained && candidate.Shape.Count > 1);
        var values = parameter.Get();
        values.AsSpan(0, values.Length / parameter.Shape[0]).Clear();
        values[0] = -0f;
        parameter.Set(values);
        using var noGradient = no_grad();
        Model.state_dict()[parameter.Name].copy_(tensor(values).reshape([.. parameter.Shape.Select(size => (long)size)]));
    }

    public void Close(Tensor expected, float[] actual, string what)
    {
        var values = expected.detach().contiguous().data<float>().ToArray();
        Assert.Equal(values.Length, actual.Length);
        var largest = values.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var k = 0; k < values.Length; k++)
        {
            Values.Close(values[k], actual[k], Tolerance * (1 + largest), $"{Trainer.ModelName}, {what}, value {k}");
        }
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Model.Dispose();
    }
}
