namespace LayerDsl.Generator.Ir;

/// <summary>The pointwise functions. What each one is called, derives to and costs stands in one table per concern.</summary>
internal enum Function
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Square,
    Sqrt,
    Exp,
    Exp2,
    Log,
    Log2,
    Sin,
    Cos,
    Tan,
    Atan,
    Tanh,
    Atanh,
    Erf,
    Abs,
    Sign,
    Round,
    Floor,
    Max,
    Min,

    /// <summary>1 where the first argument is at least the second, else 0.</summary>
    GreaterOrEqual,

    /// <summary>1 where the first argument is greater than the second, else 0.</summary>
    Greater,

    /// <summary>The number of the level of a codebook that is nearest to the first argument.</summary>
    NearestLevel,

    /// <summary>The level of a codebook at the number that is the first argument.</summary>
    LevelAt,

    /// <summary>The second argument where the first is not 0, else the third.</summary>
    Select,
}

internal static class FunctionFacts
{
    /// <summary>How many arguments the function takes.</summary>
    public static int Arity(this Function function) => function switch
    {
        Function.Add or Function.Subtract or Function.Multiply or Function.Divide or Function.Max or Function.Min
            or Function.GreaterOrEqual or Function.Greater or Function.NearestLevel or Function.LevelAt => 2,
        Function.Select => 3,
        _ => 1,
    };
}
