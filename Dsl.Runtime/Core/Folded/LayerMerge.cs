using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>Merges folded normalizations into the layers before or after them. Products and sums are made in double precision and rounded once.</summary>
public static class LayerMerge
{
    /// <summary>A convolution and the batch normalization of its output as one convolution: W' = W·scale, b' = b·scale + shift, for each output channel.</summary>
    /// <param name="layer">The convolution, in 32-bit floats.</param>
    /// <param name="next">The normalization of its output channels.</param>
    /// <exception cref="LayerShapeException">The channels differ, or the weight of the convolution is in codes, whose scales may not be negative.</exception>
    /// <exception cref="NonFiniteWeightException">A merged weight or bias is infinite.</exception>
    public static FoldedConv2d MergeNext(this FoldedConv2d layer, FoldedBatchNorm2d next)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(next);
        Require.Equal(layer.Name, "features of the normalization that follows", layer.Geometry.OutChannels, next.Features);
        RequireFloats(layer.Name, layer.Quantized);
        var (weight, bias) = ScaleRows(layer.Weight.ToArray(), layer.Bias, next);
        var merged = new FoldedConv2d(layer.Name, layer.Geometry, weight, bias);
        return layer is FoldedSparseConv2d ? FoldedSparseConv2d.Smaller(merged) : merged;
    }

    /// <summary>A linear layer and the batch normalization of its output as one linear layer: W' = W·scale, b' = b·scale + shift, for each output feature.</summary>
    /// <param name="layer">The linear layer, in 32-bit floats.</param>
    /// <param name="next">The normalization of its output features.</param>
    /// <exception cref="LayerShapeException">The widths differ, or the weight of the linear layer is in codes, whose scales may not be negative.</exception>
    /// <exception cref="NonFiniteWeightException">A merged weight or bias is infinite.</exception>
    public static FoldedLinear MergeNext(this FoldedLinear layer, FoldedBatchNorm1d next)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(next);
        Require.Equal(layer.Name, "features of the normalization that follows", layer.OutFeatures, next.Features);
        RequireFloats(layer.Name, layer.Quantized);
        var (weight, bias) = ScaleRows(layer.Weight.ToArray(), layer.Bias, next);
        var merged = new FoldedLinear(layer.Name, layer.InFeatures, layer.OutFeatures, weight, bias);
        return layer is FoldedSparseLinear ? FoldedSparseLinear.Smaller(merged) : merged;
    }

    /// <summary>A linear layer that does what it did after a normalization with weight and bias, after one without: W' = W·diag(weight), b' = b + W·bias.</summary>
    /// <param name="layer">The linear layer, in 32-bit floats.</param>
    /// <param name="previous">The normalization of its input.</param>
    /// <exception cref="LayerShapeException">The widths differ, or the weight of the linear layer is in codes, which have no scales for columns.</exception>
    /// <exception cref="NonFiniteWeightException">A merged weight or bias is infinite.</exception>
    public static FoldedLinear MergePrevious(this FoldedLinear layer, FoldedLayerNorm previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Merge(layer, previous.Features, previous.Weight, previous.Bias);
    }

    /// <inheritdoc cref="MergePrevious(FoldedLinear, FoldedLayerNorm)"/>
    public static FoldedLinear MergePrevious(this FoldedLinear layer, FoldedRmsNorm previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Merge(layer, previous.Features, previous.Weight, []);
    }

    /// <summary>The normalization alone: its weight and bias are merged into the layer that follows.</summary>
    /// <param name="layer">The normalization.</param>
    public static FoldedLayerNorm WithoutWeight(this FoldedLayerNorm layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new FoldedLayerNorm(layer.Name, layer.Features, layer.Eps, [], []);
    }

    /// <inheritdoc cref="WithoutWeight(FoldedLayerNorm)"/>
    public static FoldedRmsNorm WithoutWeight(this FoldedRmsNorm layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new FoldedRmsNorm(layer.Name, layer.Features, layer.Eps, []);
    }

    private static FoldedLinear Merge(FoldedLinear layer, int features, ReadOnlySpan<float> factors, ReadOnlySpan<float> offsets)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Require.Equal(layer.Name, "features of the normalization before", layer.InFeatures, features);
        RequireFloats(layer.Name, layer.Quantized);
        var weight = layer.Weight.ToArray();
        var bias = offsets.IsEmpty && !layer.HasBias ? [] : new float[layer.OutFeatures];
        for (var o = 0; o < layer.OutFeatures; o++)
        {
            var row = weight.AsSpan(o * features, features);
            if (bias.Length > 0)
            {
                bias[o] = (float)((layer.HasBias ? layer.Bias[o] : 0) + Dot(row, offsets));
            }

            if (!factors.IsEmpty)
            {
                TensorPrimitives.Multiply(row, factors, row);
            }
        }

        var merged = new FoldedLinear(layer.Name, features, layer.OutFeatures, weight, bias);
        return layer is FoldedSparseLinear ? FoldedSparseLinear.Smaller(merged) : merged;
    }

    /// <summary>The rows times the scales of the normalization, and the bias through it.</summary>
    private static (float[] Weight, float[] Bias) ScaleRows(float[] weight, ReadOnlySpan<float> bias, FoldedBatchNorm next)
    {
        var (merged, columns) = (next.Shift.ToArray(), weight.Length / next.Features);
        for (var o = 0; o < merged.Length; o++)
        {
            var scale = next.Scale[o];
            var row = weight.AsSpan(o * columns, columns);
            TensorPrimitives.Multiply(row, scale, row);
            merged[o] = bias.IsEmpty ? merged[o] : (float)(((double)bias[o] * scale) + merged[o]);
        }

        return (weight, merged);
    }

    private static void RequireFloats(string layer, QuantizedWeight? codes)
    {
        if (codes is not null)
        {
            throw new LayerShapeException(layer, "weight", "32-bit floats to merge a normalization into", "codes");
        }
    }

    private static double Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> offsets)
    {
        var sum = 0.0;
        for (var i = 0; i < offsets.Length; i++)
        {
            sum += (double)row[i] * offsets[i];
        }

        return sum;
    }
}
