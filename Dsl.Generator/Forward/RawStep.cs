using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Forward;

/// <summary>A step as read, before shapes are known. Lives only while one body is read, and so may hold syntax.</summary>
internal abstract record RawStep(SyntaxNode At)
{
    public sealed record Layer(string Name, int Argument, SyntaxNode At) : RawStep(At);

    public sealed record Activate(Activation Function, int Argument, int? Dimension, SyntaxNode At) : RawStep(At);

    public sealed record Combine(Arithmetic Operation, int Left, int Right, SyntaxNode At) : RawStep(At);

    public sealed record WithNumber(Arithmetic Operation, int Argument, double Number, bool NumberFirst, SyntaxNode At) : RawStep(At);

    public sealed record Reshape(int Argument, List<int> Dimensions, SyntaxNode At) : RawStep(At)
    {
        /// <summary>Stands for the batch size among the dimensions.</summary>
        public const int Batch = int.MinValue;

        /// <summary>The dimensions of one sample, with -1 for one left to infer; null where the batch does not come first.</summary>
        public IReadOnlyList<int>? PerSample =>
            Dimensions.Count >= 2 && (Dimensions[0] == Batch || Dimensions[0] == -1)
            && Dimensions.Skip(1).All(size => size > 0 || size == -1)
            && Dimensions.Count(size => size == -1) <= 1
                ? Dimensions.Skip(1).ToArray()
                : null;
    }
}
