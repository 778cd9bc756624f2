using System.Globalization;
using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Emit.Torch.TorchFunctions;

namespace LayerDsl.Generator.Emit.Simd;

/// <summary>How each pointwise function is written over a vector type V.</summary>
internal static class SimdFunctions
{
    /// <summary>The text of a function of arguments whose texts and precedences are given.</summary>
    public static (string Text, int Precedence) Write(Function function, IReadOnlyList<(string Text, int Precedence)> x)
    {
        string At(int k, int around) => x[k].Precedence < around ? "(" + x[k].Text + ")" : x[k].Text;
        return function switch
        {
            Function.Add => (At(0, Additive) + " + " + At(1, Additive), Additive),
            Function.Subtract => (At(0, Additive) + " - " + At(1, Multiplicative), Additive),
            Function.Multiply => (At(0, Multiplicative) + " * " + At(1, Unary), Multiplicative),
            Function.Divide => (At(0, Multiplicative) + " / " + At(1, Unary), Multiplicative),
            Function.Negate => ("-" + At(0, Primary), Unary),
            _ => (Name(function) + "(" + string.Join(", ", x.Select(argument => argument.Text)) + ")", Primary),
        };
    }

    /// <summary>An exact number as the nearest float32, everywhere in the vector.</summary>
    public static (string Text, int Precedence) Number(Rational value)
    {
        var number = (float)value.ToDouble();
        var text = value.IsInteger && Math.Abs(number) < 1e6f ? value.ToString() : number.ToString("R", CultureInfo.InvariantCulture) + "f";
        return ("V.Of(" + text + ")", Primary);
    }

    private static string Name(Function function) => function switch
    {
        Function.Abs or Function.Sqrt or Function.Round or Function.Floor or Function.Max or Function.Min or Function.Select => "V." + function,
        Function.GreaterOrEqual => "V.AtLeast",
        Function.Greater => "V.Above",
        Function.Square or Function.Sign or Function.Exp or Function.Exp2 or Function.Log or Function.Log2 or Function.Tanh or Function.Atan => "VectorMath." + function,
        _ => throw new ShapeException("A function without a vector form: " + function),
    };
}
