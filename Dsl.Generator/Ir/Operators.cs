namespace LayerDsl.Generator.Ir;

/// <summary>The vocabulary in which layers and methods are written: <c>using static</c> it and a file reads like the paper.</summary>
internal static class Operators
{
    public static Expr Sum(Index over, Expr body) => Simplifier.Reduce(Reduction.Sum, over, body);

    public static Expr MaxOver(Index over, Expr body) => Simplifier.Reduce(Reduction.Max, over, body);

    public static Expr Mean(Index over, Expr body) => Sum(over, body) / new SizeValue(over.Size);

    public static Expr Square(Expr x) => Simplifier.Map(Function.Square, x);

    public static Expr Sqrt(Expr x) => Simplifier.Map(Function.Sqrt, x);

    public static Expr Exp(Expr x) => Simplifier.Map(Function.Exp, x);

    public static Expr Exp2(Expr x) => Simplifier.Map(Function.Exp2, x);

    public static Expr Log(Expr x) => Simplifier.Map(Function.Log, x);

    public static Expr Log2(Expr x) => Simplifier.Map(Function.Log2, x);

    public static Expr Sin(Expr x) => Simplifier.Map(Function.Sin, x);

    public static Expr Cos(Expr x) => Simplifier.Map(Function.Cos, x);

    public static Expr Tan(Expr x) => Simplifier.Map(Function.Tan, x);

    public static Expr Atan(Expr x) => Simplifier.Map(Function.Atan, x);

    public static Expr Tanh(Expr x) => Simplifier.Map(Function.Tanh, x);

    public static Expr Atanh(Expr x) => Simplifier.Map(Function.Atanh, x);

    public static Expr Erf(Expr x) => Simplifier.Map(Function.Erf, x);

    public static Expr Abs(Expr x) => Simplifier.Map(Function.Abs, x);

    public static Expr Sign(Expr x) => Simplifier.Map(Function.Sign, x);

    public static Expr Round(Expr x) => Simplifier.Map(Function.Round, x);

    public static Expr Floor(Expr x) => Simplifier.Map(Function.Floor, x);

    public static Expr Max(Expr x, Expr y) => Simplifier.Map(Function.Max, x, y);

    public static Expr Min(Expr x, Expr y) => Simplifier.Map(Function.Min, x, y);

    public static Expr Relu(Expr x) => Max(x, 0);

    public static Expr Clamp(Expr x, Expr low, Expr high) => Min(Max(x, low), high);

    public static Expr GreaterOrEqual(Expr x, Expr y) => Simplifier.Map(Function.GreaterOrEqual, x, y);

    public static Expr Greater(Expr x, Expr y) => Simplifier.Map(Function.Greater, x, y);

    public static Expr Select(Expr condition, Expr then, Expr otherwise) => Simplifier.Map(Function.Select, condition, then, otherwise);

    /// <summary>The number of the nearest level.</summary>
    public static Expr Nearest(Codebook levels, Expr x) => Simplifier.Map(Function.NearestLevel, x, levels);

    /// <summary>The level of a number.</summary>
    public static Expr At(Codebook levels, Expr number) => Simplifier.Map(Function.LevelAt, number, levels);

    public static Expr Inside(AffineIndex at, Size size) => new Inside(at, size);

    public static Expr Number(double value) => new Literal(Rational.FromDouble(value));

    public static Expr Name(string name, Expr body) => new Named(name, body);

    public static Expr StopGradient(Expr x) => new Surrogate("stop-gradient", x, 0);

    public static Expr StraightThrough(Expr value, Expr through) => new Surrogate("straight-through", value, through);
}
