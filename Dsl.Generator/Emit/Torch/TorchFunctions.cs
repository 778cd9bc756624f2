using System.Globalization;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>How each pointwise function is written with TorchSharp. Precedence as in C#, to set parentheses only where needed.</summary>
internal static class TorchFunctions
{
    public const int Additive = 1;
    public const int Multiplicative = 2;
    public const int Unary = 3;
    public const int Primary = 4;

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
            Function.Negate => ("-" + At(0, Unary), Unary),
            Function.Max when IsNumber(x[1]) => (At(0, Primary) + ".clamp_min(" + x[1].Text + ")", Primary),
            Function.Max when IsNumber(x[0]) => (At(1, Primary) + ".clamp_min(" + x[0].Text + ")", Primary),
            Function.Min when IsNumber(x[1]) => (At(0, Primary) + ".clamp_max(" + x[1].Text + ")", Primary),
            Function.Min when IsNumber(x[0]) => (At(1, Primary) + ".clamp_max(" + x[0].Text + ")", Primary),
            Function.Max => ("torch.maximum(" + x[0].Text + ", " + x[1].Text + ")", Primary),
            Function.Min => ("torch.minimum(" + x[0].Text + ", " + x[1].Text + ")", Primary),

            // 1 and 0 in the type of the values: comparisons of torch give booleans, which do not subtract.
            Function.GreaterOrEqual => ("Compare.AtLeast(" + x[0].Text + ", " + x[1].Text + ")", Primary),
            Function.Greater => ("Compare.Above(" + x[0].Text + ", " + x[1].Text + ")", Primary),
            Function.NearestLevel => (x[1].Text + ".Nearest(" + x[0].Text + ")", Primary),
            Function.LevelAt => (x[1].Text + ".At(" + x[0].Text + ")", Primary),
            Function.Select => ("torch.where(" + At(0, Primary) + ".to_type(ScalarType.Bool), " + x[1].Text + ", " + x[2].Text + ")", Primary),
            _ => (At(0, Primary) + "." + Method(function) + "()", Primary),
        };
    }

    private static bool IsNumber((string Text, int Precedence) part) => part.Text.All(letter => char.IsDigit(letter) || letter is '.' or '-' or '+' or 'E');

    /// <summary>An exact number as the nearest double.</summary>
    public static (string Text, int Precedence) Number(Rational value)
    {
        var text = value.IsInteger && Rational.One * 1000000 > value && value > -1000000
            ? value.ToString()
            : value.ToDouble().ToString("R", CultureInfo.InvariantCulture);
        return (text, value.Sign < 0 ? Unary : Primary);
    }

    private static string Method(Function function) => function switch
    {
        Function.Square => "square",
        Function.Sqrt => "sqrt",
        Function.Exp => "exp",
        Function.Exp2 => "exp2",
        Function.Log => "log",
        Function.Log2 => "log2",
        Function.Sin => "sin",
        Function.Cos => "cos",
        Function.Tan => "tan",
        Function.Atan => "atan",
        Function.Tanh => "tanh",
        Function.Atanh => "atanh",
        Function.Erf => "erf",
        Function.Abs => "abs",
        Function.Sign => "sign",
        Function.Round => "round",
        Function.Floor => "floor",
        _ => throw new ShapeException("A function without a TorchSharp form: " + function),
    };
}
