namespace LayerDsl;

/// <summary>What the parts of a sparse matrix that come from a file have to fulfil before an index is followed.</summary>
internal static class SparseRowsChecks
{
    /// <summary>Why the parts are no matrix, in words, or null.</summary>
    /// <param name="rows">The matrix's rows.</param>
    /// <param name="columns">The matrix's columns.</param>
    /// <param name="starts">Where each row starts, and last the count.</param>
    /// <param name="places">The column of each number.</param>
    public static string? Fault(int rows, int columns, ReadOnlySpan<int> starts, ReadOnlySpan<int> places)
    {
        if (starts[0] != 0 || starts[rows] != places.Length)
        {
            return $"its rows start at {starts[0]} and end at {starts[rows]}, expected 0 and {places.Length}";
        }

        for (var row = 0; row < rows; row++)
        {
            // The first start is 0 and the starts never fall, or the last could not be the count: none is out of range.
            if (starts[row + 1] < starts[row] || starts[row + 1] > places.Length)
            {
                return $"row {row} starts at {starts[row]} and ends at {starts[row + 1]} of {places.Length}";
            }

            if (FaultInRow(places[starts[row]..starts[row + 1]], columns) is { } fault)
            {
                return $"row {row} {fault}";
            }
        }

        return null;
    }

    private static string? FaultInRow(ReadOnlySpan<int> places, int columns)
    {
        var last = -1;
        foreach (var place in places)
        {
            if (place <= last || place >= columns)
            {
                return $"has column {place} after {last}, expected rising columns from 0 to {columns - 1}";
            }

            last = place;
        }

        return null;
    }
}
