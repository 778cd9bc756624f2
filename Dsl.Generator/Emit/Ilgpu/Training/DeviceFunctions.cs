using System.Globalization;
using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Emit.Torch.TorchFunctions;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>How each pointwise function is written in a kernel, on 32-bit floats.</summary>
internal static class DeviceFunctions
{
    /// <summary>The text of a function of arguments whose texts and precedences are given.</summary>
    public static (string Text, int Precedence) Write(Function function, IReadOnlyList<(string Text, int Precedence)> x)
    {
        string At(int k, int around) => x[k].Precedence < around ? "(" + x[k].Text + ")" : x[k].Text;
        return function switch
        {
            Function.Add => (At(0, Additive) + " + " + At(1, Multiplicative), Additive),
            Function.Subtract => (At(0, Additive) + " - " + At(1, Multiplicative), Additive),
            Function.Multiply => (At(0, Multiplicative) + " * " + At(1, Unary), Multiplicative),
            Function.Divide => (At(0, Multiplicative) + " / " + At(1, Unary), Multiplicative),
            Function.Negate => ("-" + At(0, Primary), Unary),
            _ => (Name(function) + "(" + string.Join(", ", x.Select(argument => argument.Text)) + ")", Primary),
        };
    }

    /// <summary>An exact number as the nearest float32.</summary>
    public static (string Text, int Precedence) Number(Rational value)
    {
        var number = (float)value.ToDouble();
        return (number.ToString("R", CultureInfo.InvariantCulture) + "f", number < 0 ? Unary : Primary);
    }

    private static string Name(Function function) => function switch
    {
        Function.Sqrt => "MathF.Sqrt",
        Function.Floor => "MathF.Floor",
        Function.GreaterOrEqual => "DeviceMath.AtLeast",
        Function.Greater => "DeviceMath.Above",
        Function.Abs or Function.Round or Function.Max or Function.Min or Function.Select or Function.Square or Function.Sign
            or Function.Exp or Function.Exp2 or Function.Log or Function.Log2 or Function.Sin or Function.Cos or Function.Tan or Function.Atan or Function.Tanh or Function.Atanh or Function.Erf => "DeviceMath." + function,
        _ => throw new ShapeException("A function without a form in kernels: " + function),
    };
}
