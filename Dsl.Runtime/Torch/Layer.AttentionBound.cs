using static TorchSharp.torch;

namespace LayerDsl;

/// <content>How far the training form and the folded form of an attention layer may be apart.</content>
public abstract partial class Layer
{
    /// <summary>Operations on a score between its product and its weight, with their constants: a product, a sum, an exponential, a quotient.</summary>
    private const double SoftmaxRoundings = 16;

    /// <summary>
    /// The rounding bound of an attention layer. If no score moves by more than δ, no weight moves by more than a factor of e^2δ, and a mean under them
    /// no further than (e^2δ - 1) times the largest value, beside how far the values themselves move. Both weights add up to 1, so that twice the largest value
    /// is never exceeded, however large δ is: in a deep model the exponential alone would overflow.
    /// </summary>
    /// <param name="geometry">Sizes.</param>
    /// <param name="magnitude">|x|, float64, (…, tokens, dim).</param>
    /// <param name="inputError">A bound on how much the inputs of the two forms differ.</param>
    /// <param name="query">The projection to queries; null where the input is the query.</param>
    /// <param name="key">The projection to keys.</param>
    /// <param name="value">The projection to values.</param>
    /// <param name="output">The projection of the joined heads.</param>
    internal protected static Tensor AttentionBound(AttentionGeometry geometry, Tensor magnitude, Tensor inputError, Layer? query, Layer key, Layer value, Layer output)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(magnitude);
        ArgumentNullException.ThrowIfNull(inputError);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(output);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var x = magnitude.reshape(-1, magnitude.shape[^2], geometry.Dim);
        var error = inputError.reshape(x.shape);
        var group = geometry.Heads / geometry.KvHeads;
        var q = query is null ? (Size: (geometry.QueryBias ? FollowedByOne(x) : x).unsqueeze(2), Error: (geometry.QueryBias ? nn.functional.pad(error, [0, 1]) : error).unsqueeze(2)) : Split(Projected(query, x, error), geometry.Heads);
        var k = Split(Projected(key, x, error), geometry.KvHeads, group);
        var v = Split(Projected(value, x, error), geometry.KvHeads, group);
        var (tokens, width) = (x.shape[1], k.Size.shape[^1]);
        Tensor Scores(Tensor left, Tensor right) => left.transpose(1, 2).matmul(right.permute(0, 2, 3, 1)) / Math.Sqrt(geometry.HeadSize);

        // (n, heads, query, key), and the largest over the keys.
        var moved = Scores(q.Error, k.Size) + Scores(q.Size, k.Error) + Scores(q.Error, k.Error) + (Scores(q.Size, k.Size) * (2 * (width + SoftmaxRoundings) * UnitRoundoff));
        var roundings = 2 * (tokens + SoftmaxRoundings) * UnitRoundoff;
        var factor = ((2 * moved.amax([-1], keepdim: true)) + roundings).expm1().clamp_max(2 * (1 + roundings)).transpose(1, 2);
        var largest = v.Size.amax([1], keepdim: true);
        var carried = (factor * largest) + ((1 + factor) * v.Error.amax([1], keepdim: true));
        var bound = output.RoundingBound((largest * (1 + factor)).flatten(2), carried.flatten(2));
        return bound.reshape(magnitude.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Bounds on the values of a projection and on their error: the terms that the first adds up are what its rounding bound is a multiple of.</summary>
    private static (Tensor Size, Tensor Error) Projected(Layer projection, Tensor magnitude, Tensor error)
    {
        var terms = projection.RoundingBound(magnitude, zeros_like(magnitude)) / (projection.GetCertificate().RoundingFactor * UnitRoundoff);
        return (terms, projection.RoundingBound(magnitude, error));
    }

    /// <summary>(n, tokens, heads, size), each head of keys as often as heads of queries share it.</summary>
    private static (Tensor Size, Tensor Error) Split((Tensor Size, Tensor Error) of, int heads, int group = 1)
    {
        Tensor Apart(Tensor tensor) => tensor.reshape(tensor.shape[0], tensor.shape[1], heads, -1).repeat_interleave(group, 2);
        return (Apart(of.Size), Apart(of.Error));
    }
}
