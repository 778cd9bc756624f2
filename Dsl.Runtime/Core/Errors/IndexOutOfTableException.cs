using System.Globalization;

namespace LayerDsl;

/// <summary>An index that an embedding, or a table of a method of your own, has no row for. Nothing has been computed.</summary>
public sealed class IndexOutOfTableException : LayerDslException
{
    /// <summary>Describes the index.</summary>
    /// <param name="layer">The layer, or the table of indices of a method of your own.</param>
    /// <param name="position">Where in the input the index stands, counted through all of it.</param>
    /// <param name="value">What stands there.</param>
    /// <param name="count">How many vectors the table has.</param>
    public IndexOutOfTableException(string layer, long position, double value, int count)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"'{layer}': the index at position {position} is {value:R}, expected a whole number from 0 to {count - 1}. Check the vocabulary that the indices come from, or declare a larger table."))
    {
        Layer = layer;
        Position = position;
        Value = value;
        Count = count;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>Where in the input the index stands.</summary>
    public long Position { get; }

    /// <summary>What stands there.</summary>
    public double Value { get; }

    /// <summary>How many vectors the table has.</summary>
    public int Count { get; }
}
