namespace LayerDsl.Ilgpu;

/// <summary>How weights in floats lie on the device. Packed weights stay as they are; sums are in 32 bits always.</summary>
public enum WeightPrecision
{
    /// <summary>32-bit floats: within the bound of the layer's certificate.</summary>
    Single,

    /// <summary>16-bit floats, rounded to the nearest when they are uploaded: half the memory traffic, outside of the certificate's bound.</summary>
    Half,
}
