namespace LayerDsl;

/// <summary>Checks that the tensors of a header tile the data exactly.</summary>
internal static class SafetensorsLayout
{
    /// <summary>The slots in order of their place in the file, after every check.</summary>
    /// <exception cref="FoldedFileException">A tensor is out of range, of another length than its shape, overlaps another or leaves a hole.</exception>
    public static IReadOnlyList<SafetensorsSlot> Order(string path, IReadOnlyList<SafetensorsSlot> slots, long dataLength)
    {
        // By end as well: a tensor without elements may share its start with the next one.
        var ordered = slots.OrderBy(slot => slot.Begin).ThenBy(slot => slot.End).ToArray();
        var position = 0L;
        foreach (var slot in ordered)
        {
            CheckLength(path, slot, dataLength);
            if (slot.Begin != position)
            {
                var fault = slot.Begin < position ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new FoldedFileException(path, $"tensor '{slot.Name}' {fault}: it begins at {slot.Begin}, expected {position}; the file is damaged.");
            }

            position = slot.End;
        }

        return position == dataLength
            ? ordered
            : throw new FoldedFileException(
                path,
                $"the tensors end at byte {position} of the data, but the file holds {dataLength}; the file is damaged or holds something else too.");
    }

    private static void CheckLength(string path, SafetensorsSlot slot, long dataLength)
    {
        if (slot.Begin > slot.End || slot.End > dataLength)
        {
            throw new FoldedFileException(
                path, $"tensor '{slot.Name}' lies at bytes {slot.Begin} to {slot.End}, but the data ends at {dataLength}; the file is truncated or damaged.");
        }

        var expected = SafetensorsTypes.ByteLength(slot.Type, slot.Shape.AsSpan())
            ?? throw new FoldedFileException(
                path,
                $"tensor '{slot.Name}' of shape {slot.Shape} has no whole number of bytes that can be counted; the file is damaged.");
        if (slot.End - slot.Begin != expected)
        {
            throw new FoldedFileException(
                path,
                $"tensor '{slot.Name}' of shape {slot.Shape} takes {expected} bytes, but the header gives it {slot.End - slot.Begin}; the file is damaged.");
        }

        if (expected > Array.MaxLength)
        {
            throw new FoldedFileException(path, $"tensor '{slot.Name}' takes {expected} bytes, but one tensor may take at most {Array.MaxLength}; split it.");
        }
    }
}
