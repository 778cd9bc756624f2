namespace LayerDsl;

/// <summary>Where a tensor lies: offsets count from the first byte after the header.</summary>
internal sealed record SafetensorsSlot(string Name, SafetensorsType Type, EquatableList<long> Shape, long Begin, long End);
