namespace LayerDsl.Generator.Ir;

/// <summary>
/// The identities applied while an expression is built, so that derivatives come out as a person would write them.
/// Each holds for all real values; deeper equalities are the proof's business, not this one's.
/// </summary>
internal static class Simplifier
{
    public static Expr Map(Function function, params Expr[] x) => function switch
    {
        Function.Add when IsZero(x[0]) => x[1],                                     // 0 + b = b
        Function.Add when IsZero(x[1]) => x[0],                                     // a + 0 = a
        Function.Add when x[1] is Map { Function: Function.Negate } negated => x[0] - negated.Arguments[0], // a + -b = a - b
        Function.Subtract when IsZero(x[1]) => x[0],                                // a - 0 = a
        Function.Subtract when IsZero(x[0]) => -x[1],                               // 0 - b = -b
        Function.Subtract when x[1] is Map { Function: Function.Negate } negated => x[0] + negated.Arguments[0], // a - -b = a + b
        Function.Abs when x[0] is Map { Function: Function.Abs } => x[0],           // ||a|| = |a|
        Function.Negate when x[0] is Map { Function: Function.Negate } twice => twice.Arguments[0], // --a = a
        Function.Multiply when IsZero(x[0]) || IsZero(x[1]) => 0,                   // 0·b = 0
        Function.Multiply when IsOne(x[0]) => x[1],                                 // 1·b = b
        Function.Multiply when IsOne(x[1]) => x[0],                                 // a·1 = a
        Function.Multiply when x[0] is Map { Function: Function.Negate } left => -(left.Arguments[0] * x[1]),   // -a·b = -(a·b)
        Function.Multiply when x[1] is Map { Function: Function.Negate } right => -(x[0] * right.Arguments[0]), // a·-b = -(a·b)
        Function.Multiply when x[1] is Map { Function: Function.Divide } over && IsOne(over.Arguments[0]) => x[0] / over.Arguments[1], // a·(1/b) = a/b
        Function.Divide when IsZero(x[0]) => 0,                                     // 0/b = 0 (b ≠ 0 is b's own condition)
        Function.Divide when IsOne(x[1]) => x[0],                                   // a/1 = a
        Function.Divide when x[0] is Map { Function: Function.Negate } above => -(above.Arguments[0] / x[1]), // -a/b = -(a/b)
        _ => Fold(function, x) ?? new Map(function, x.ToEquatableArray()),
    };

    public static Expr Reduce(Reduction reduction, Index over, Expr body)
    {
        if (body is Literal { Value.IsZero: true })
        {
            return body; // Σ 0 = max 0 = 0
        }

        if (!body.FreeIndices.Contains(over))
        {
            return reduction == Reduction.Sum ? body * new SizeValue(over.Size) : body; // Σ_i c = n·c, max_i c = c
        }

        return reduction == Reduction.Sum && body is Map { Function: Function.Negate } negated
            ? -Reduce(Reduction.Sum, over, negated.Arguments[0]) // Σ -a = -Σ a
            : new Reduce(reduction, over, body);
    }

    private static bool IsZero(Expr x) => x is Literal { Value.IsZero: true };

    private static bool IsOne(Expr x) => x is Literal { Value.IsOne: true };

    /// <summary>Exact arithmetic on numbers.</summary>
    private static Expr? Fold(Function function, Expr[] x)
    {
        if (x.Length == 2 && x[0] is Literal a && x[1] is Literal b)
        {
            return function switch
            {
                Function.Add => a.Value + b.Value,
                Function.Subtract => a.Value - b.Value,
                Function.Multiply => a.Value * b.Value,
                Function.Divide when !b.Value.IsZero => a.Value / b.Value,
                _ => null,
            };
        }

        return (x.Length == 1 ? x[0] : null, function) switch
        {
            (Literal only, Function.Negate) => -only.Value,
            (Literal only, Function.Abs) => only.Value.Sign < 0 ? -only.Value : only.Value,
            (Literal only, Function.Square) => only.Value * only.Value,
            _ => null,
        };
    }
}
