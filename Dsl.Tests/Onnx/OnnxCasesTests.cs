using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;
using LayerDsl.Generator.Reparams.Quantization;
using LayerDsl.Tests.Proof;
using TorchSharp;
using Index = LayerDsl.Generator.Ir.Index;
using Tensor = LayerDsl.Generator.Ir.Tensor;

namespace LayerDsl.Tests.Onnx;

/// <summary>Codes, scales and integer products against the cases of ONNX's operators, computed by others in another language.</summary>
public sealed class OnnxCasesTests
{
    private static readonly Index O = new("o", Size.Symbol("out"));
    private static readonly Index I = new("i", Size.Symbol("in"));

    /// <summary>The formula of the codes with ONNX's scale and zero point in the place of ours; with an axis, a channel is a row.</summary>
    [OnnxTheory]
    [InlineData("quantizelinear")]
    [InlineData("quantizelinear_axis")]
    public void QuantizeLinear_gives_the_codes_of_the_uniform_grid(string name)
    {
        var (inputs, outputs) = OnnxTestData.Case(name);
        var rows = inputs[1].Values.Length;
        var weight = new Tensor("W", TensorRole.Input, [O, I]);
        var (scale, zero) = (new Tensor("S", TensorRole.Input, [O]), new Tensor("Z", TensorRole.Input, [O]));
        var coded = UniformGrid.Grid.Code(new GridTarget(weight.All, weight.All, [O], [I], 8, Symmetric: false));
        var codes = coded.Codes.Replace(coded.Zero!, zero.All).Replace(coded.Scale, scale.All);
        var values = inputs[0].Values.Chunk(inputs[0].Values.Length / rows).ToArray();
        var evaluator = new Evaluator<double>(
            new PlainArithmetic(single: true),
            symbol => symbol == "out" ? rows : values[0].Length,
            (tensor, place) => tensor == weight ? values[(int)place[0]][(int)place[1]] : (tensor == scale ? inputs[1] : inputs[2]).Values[place[0]],
            new Steps(100_000, CancellationToken.None));
        Assert.Equal(
            outputs[0].Values,
            values.SelectMany((row, o) => row.Select((_, i) => evaluator.Evaluate(codes, new Dictionary<Index, long> { [O] = o, [I] = i }))));
    }

    [OnnxTheory]
    [InlineData("dequantizelinear")]
    [InlineData("dequantizelinear_axis")]
    public void DequantizeLinear_gives_the_weights_of_the_codes(string name)
    {
        var (inputs, outputs) = OnnxTestData.Case(name);
        var rows = inputs[1].Values.Length;
        var columns = inputs[0].Data.Length / rows;
        var weight = Weight(inputs[0].Data, rows, columns, inputs[1].Values, inputs[2].Values);
        var decoded = new float[columns];
        var all = Enumerable.Range(0, rows).SelectMany(row =>
        {
            weight.Decode(row, decoded);
            return decoded.Select(value => (double)value).ToArray();
        });
        Assert.Equal(outputs[0].Values, all);
    }

    /// <summary>Whole numbers below 2²⁴ are exact in floats: products with codes are those of integers.</summary>
    [OnnxTheory]
    [InlineData("matmulinteger")]
    public void MatMulInteger_gives_the_output_of_a_folded_layer(string name)
    {
        var (inputs, outputs) = OnnxTestData.Case(name);
        var (rows, inner, columns) = (inputs[0].Dimensions[0], inputs[0].Dimensions[1], inputs[1].Dimensions[1]);
        byte[] transposed = [.. Enumerable.Range(0, columns).SelectMany(o => Enumerable.Range(0, inner).Select(i => inputs[1].Data[(i * columns) + o]))];
        var zeros = Enumerable.Repeat(inputs[3].Values[0], columns).ToArray();
        var layer = new FoldedQuantizedLinear("layer", Weight(transposed, columns, inner, [.. zeros.Select(_ => 1.0)], zeros), []);
        var y = new float[rows * columns];
        layer.Forward([.. inputs[0].Values.Select(value => (float)(value - inputs[2].Values[0]))], y, rows);
        Assert.Equal(outputs[0].Values, y.Select(value => (double)value));
    }

    /// <summary>Scale, zero point and codes from the data alone, by a generated layer from end to end.</summary>
    [OnnxTheory]
    [InlineData("dynamicquantizelinear")]
    [InlineData("dynamicquantizelinear_max_adjusted")]
    [InlineData("dynamicquantizelinear_min_adjusted")]
    public void DynamicQuantizeLinear_gives_the_codes_of_a_folded_layer(string name)
    {
        var (inputs, outputs) = OnnxTestData.Case(name);
        Layer layer = inputs[0].Dimensions.Length == 1 ? new OnnxLayers.Dynamic6() : new OnnxLayers.Dynamic12();
        var shape = inputs[0].Dimensions.Length == 1 ? (Rows: 1, Columns: 6) : (Rows: 3, Columns: 4);
        layer.LoadWeight(torch.tensor([.. inputs[0].Values.Select(value => (float)value)]).reshape(shape.Rows, shape.Columns));
        var weight = ((FoldedLinear)layer.Fold()).Quantized!;
        Assert.Equal(outputs[1].Values, weight.Scales.ToArray().Select(value => (double)value));
        Assert.Equal(outputs[2].Values, weight.Zeros.ToArray().Select(value => (double)value));
        Assert.Equal(outputs[0].Data, weight.Codes.Bytes.ToArray());
    }

    private static QuantizedWeight Weight(byte[] codes, int rows, int columns, double[] scales, double[] zeros)
    {
        var format = new QuantizedFormat("Uniform", Bits: 8, GroupSize: columns, HasZeroPoints: true, Levels: QuantizedFormat.Steps(0, 256));
        return new QuantizedWeight("layer", format, PackedCodes.Pack("layer", codes, rows, columns, 8), [.. scales.Select(value => (float)value)], [.. zeros.Select(value => (float)value)]);
    }
}
