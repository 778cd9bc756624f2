using System.Globalization;
using Spectre.Console;

namespace LayerDsl.Examples.Reporting;

/// <summary>What a saved model's file holds: a row for each tensor.</summary>
public static class StoredTensors
{
    /// <summary>Builds the table.</summary>
    /// <param name="file">The file.</param>
    public static Table Of(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var table = new Table().RoundedBorder().AddColumns("in the file", "type", "shape").AddColumn(new TableColumn("bytes").RightAligned());
        foreach (var tensor in file.Names.Order(StringComparer.Ordinal).Select(file.Get))
        {
            table.AddRow(new Text(tensor.Name), new Text(tensor.Type.ToString()), new Text(string.Join(" × ", tensor.Shape)), new Text(tensor.Data.Length.ToString("N0", CultureInfo.InvariantCulture)));
        }

        return table;
    }
}
