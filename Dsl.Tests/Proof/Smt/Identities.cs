using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof.Smt;

/// <summary>Two sides that are equal for all values.</summary>
internal sealed record Identity(Expr Left, Expr Right)
{
    public override string ToString() => Left + " = " + Right;
}

/// <summary>Identities of real arithmetic, written by hand, that the prover is to prove and Z3 to confirm.</summary>
internal static class Identities
{
    private static readonly Expr X1 = Scalar("x");
    private static readonly Expr Y1 = Scalar("y");
    private static readonly Expr Z1 = Scalar("z");
    private static readonly Expr P1 = Scalar("p", Domain.Positive);
    private static readonly Expr Q1 = Scalar("q", Domain.Positive);
    private static readonly Expr M1 = Scalar("m", Domain.Mask);
    private static readonly Expr H1 = Scalar("h", Domain.Mask);
    private static readonly Expr In = new SizeValue(I.Size);

    public static IReadOnlyList<Identity> All { get; } = [.. Ring, .. Quotients, .. Sums, .. Signs, .. Order, .. Steps, .. Windows, .. Functions];

    private static Identity[] Ring =>
    [
        new((X1 + Y1) * Z1, (Z1 * X1) + (Y1 * Z1)),
        new(Square(X1 + Y1), Square(X1) + (2 * X1 * Y1) + Square(Y1)),
        new((X1 + Y1) * (X1 - Y1), Square(X1) - Square(Y1)),
        new((X1 - Y1) * (Square(X1) + (X1 * Y1) + Square(Y1)), (X1 * X1 * X1) - (Y1 * Y1 * Y1)),
        new(X1 * (Y1 - Z1), -(X1 * Z1) + (X1 * Y1)),
        new(-(X1 - Y1), Y1 - X1),
        new(Number(0.5) * (X1 + X1), X1),
        new((M1 * X1) + ((1 - M1) * X1), X1),
        new(Square((M1 * X1) + ((1 - M1) * Y1)), (M1 * Square(X1)) + ((1 - M1) * Square(Y1))),
        new(M1 * H1 * M1 * X1, H1 * M1 * X1),
    ];

    private static Identity[] Quotients =>
    [
        new(X1 / P1 / Q1, X1 / (P1 * Q1)),
        new((X1 / P1) + (Y1 / P1), (X1 + Y1) / P1),
        new((X1 / P1) + (Y1 / Q1), ((X1 * Q1) + (Y1 * P1)) / (P1 * Q1)),
        new(X1 / (Y1 / Z1), X1 * Z1 / Y1),
        new((Square(X1) - Square(Y1)) / (X1 - Y1), X1 + Y1),
        new(1 / (1 + (X1 / P1)), P1 / (P1 + X1)),
        new(X1 / (1 + Abs(X1)), 1 / (1 + Abs(X1)) * X1),
        new(P1 / Sqrt(P1), Sqrt(P1)),
        new(Square(Sqrt(P1 + Q1)), P1 + Q1),
        new(Sqrt(Square(X1)), Abs(X1)),
        new(Sqrt(P1 * Q1), Sqrt(P1) * Sqrt(Q1)),
        new(Sqrt(4 * P1), 2 * Sqrt(P1)),
        new(1 / Sqrt(P1), Sqrt(P1) / P1),
    ];

    private static Identity[] Sums =>
    [
        new(Sum(I, X[B, I] * (W[O, I] + (2 * Sum(R, Up[O, R] * A[R, I])))), Sum(I, X[B, I] * W[O, I]) + (2 * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I])))),
        new(Sum(I, Sum(J, Matrix[I, J] * Matrix[J, I])), Sum(J, Sum(I, Matrix[I, J] * Matrix[J, I]))),
        new(Square(Sum(I, Vector[I])), Sum(I, Sum(J, Vector[I] * Vector[J]))),
        new(Sum(I, Vector[I] + X1), Sum(I, Vector[I]) + (In * X1)),
        new(Mean(I, Square(Vector[I] - Mean(J, Vector[J]))), Mean(I, Square(Vector[I])) - Square(Mean(I, Vector[I]))),
        new(Sum(I, Vector[I] - Mean(J, Vector[J])), 0),
        new(Sum(I, Sum(J, Matrix[I, J] * Vector[J]) * Vector[I]), Sum(J, Vector[J] * Sum(I, Vector[I] * Matrix[I, J]))),
        new(Sum(I, X1 * Vector[I] / P1), X1 / P1 * Sum(J, Vector[J])),
        new(Sum(I, Sum(J, Square(Vector[I] - Vector[J]))), (2 * In * Sum(I, Square(Vector[I]))) - (2 * Square(Sum(I, Vector[I])))),
        new(Sum(R, Up[O, R] * Sum(I, A[R, I] * Sum(J, Matrix[I, J] * Vector[J]))), Sum(J, Sum(I, Sum(R, Up[O, R] * A[R, I]) * Matrix[I, J]) * Vector[J])),
    ];

    private static Identity[] Signs =>
    [
        new(Abs(X1 * Y1), Abs(X1) * Abs(Y1)),
        new(Square(Abs(X1)), Square(X1)),
        new(Sign(X1) * Abs(X1), X1),
        new(Sign(X1) * X1, Abs(X1)),
        new(Sign(P1 * X1), Sign(X1)),
        new(Sign(X1 * Y1), Sign(X1) * Sign(Y1)),
        new(Abs(X1 - Y1), Abs(Y1 - X1)),
        new(Sign(X1) * Sign(X1) * Sign(X1), Sign(X1)),
        new(Abs(Square(X1) + P1), Square(X1) + P1),
    ];

    private static Identity[] Order =>
    [
        new(Relu(P1 * X1), P1 * Relu(X1)),
        new(Relu(X1) - Relu(-X1), X1),
        new(Abs(X1), Relu(X1) + Relu(-X1)),
        new(Max(X1 + Z1, Y1 + Z1), Max(Y1, X1) + Z1),
        new(Max(X1, Max(Y1, X1)), Max(Y1, X1)),
        new(Max(X1, Y1) + Min(Y1, X1), X1 + Y1),
        new(Min(P1 * X1, P1 * Y1), P1 * Min(X1, Y1)),
        new(MaxOver(I, (P1 * Vector[I]) + X1), (P1 * MaxOver(J, Vector[J])) + X1),
        new(Max(X1, X1 - P1), X1),
        new(Relu(Relu(X1) + P1), Relu(X1) + P1),
    ];

    private static Identity[] Steps =>
    [
        new(GreaterOrEqual(P1 * X1, P1 * Y1), GreaterOrEqual(X1, Y1)),
        new(Greater(X1, Y1) + GreaterOrEqual(Y1, X1), 1),
        new(Square(Greater(X1, 0)), Greater(X1, 0)),
        new(Select(GreaterOrEqual(X1, Y1), X1, Y1), Y1 + (GreaterOrEqual(X1, Y1) * (X1 - Y1))),
        new(Select(M1, X1, Y1) * Z1, Select(M1, X1 * Z1, Y1 * Z1)),
        new(Round(Round(X1)), Round(X1)),
        new(Round(X1 + 4), Round(X1) + 4),
        new(Round(-X1), -Round(X1)),
        new(Floor(X1 - 3), Floor(X1) - 3),
        new(Floor(Round(X1)), Round(X1)),
        new(Round(Sign(X1)), Sign(X1)),
    ];

    private static Identity[] Windows
    {
        get
        {
            var (i, j) = ((AffineIndex)I, (AffineIndex)J);
            Index u = new("u", 3);
            Expr Tap(AffineIndex at) => Inside(at, I.Size) * Vector[at];
            return
            [
                new(Sum(J, Inside(i + (Size.Of(-1) * j), Size.One) * Vector[J]), Vector[I]),
                new(Sum(J, Sum(K, Inside(j + (Size.Of(-1) * (AffineIndex)K), Size.One) * Matrix[J, K])), Sum(J, Matrix[J, J])),
                new(Square(Inside(i + Size.Of(-1), I.Size)), Inside(i + Size.Of(-1), I.Size)),
                new(Sum(u, (X1 + Y1) * Tap(i + u + Size.Of(-1))), (X1 * Sum(u, Tap(i + u + Size.Of(-1)))) + (Y1 * Sum(u, Tap(i + u + Size.Of(-1))))),
                new(Inside(i, I.Size) * Vector[I], Vector[I]),
            ];
        }
    }

    private static Identity[] Functions =>
    [
        new(P1 * Atan((X1 + X1) / P1), P1 * Atan(2 * X1 / P1)),
        new(Atan(X1 - Y1), -Atan(Y1 - X1)),
        new(Abs(Exp(X1)), Exp(X1)),
        new(Relu(Exp(X1) * Y1), Exp(X1) * Relu(Y1)),
        new(Sum(I, X[B, I] * Exp(LogA.All) * Tanh(W[O, I] / Exp(LogB.All))), Exp(LogA.All) * Sum(J, Tanh(W[O, J] / Exp(LogB.All)) * X[B, J])),
        new(Sin(Square(X1 + 1)), Sin(Square(X1) + (2 * X1) + 1)),
    ];
}
