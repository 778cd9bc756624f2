using System.Text;

namespace LayerDsl.Tests.Onnx;

/// <summary>An ONNX model of a few nodes, written field by field.</summary>
internal sealed class OnnxModel
{
    private const int IrVersion = 9;
    private const int Opset = 19;

    private readonly List<byte[]> nodes = [];
    private readonly List<byte[]> initializers = [];
    private readonly List<byte[]> inputs = [];
    private readonly List<byte[]> outputs = [];

    public OnnxModel Node(string operation, string[] from, string to, int? axis = null)
    {
        byte[] attribute = axis is { } value ? Message(5, [.. Text(1, "axis"), .. Number(3, value), .. Number(20, 2)]) : [];
        nodes.Add([.. from.SelectMany(name => Text(1, name)), .. Text(2, to), .. Text(4, operation), .. attribute]);
        return this;
    }

    public OnnxModel Constant(OnnxTensor tensor)
    {
        initializers.Add([.. tensor.Dimensions.SelectMany(size => Number(1, size)), .. Number(2, tensor.Type), .. Text(8, tensor.Name), .. Message(9, tensor.Data)]);
        return this;
    }

    public OnnxModel Input(string name, params int[] dimensions)
    {
        inputs.Add(Value(name, OnnxTensor.Float32, dimensions));
        return this;
    }

    public OnnxModel Output(string name, int type, params int[] dimensions)
    {
        outputs.Add(Value(name, type, dimensions));
        return this;
    }

    public byte[] ToBytes()
    {
        byte[] graph =
        [
            .. nodes.SelectMany(node => Message(1, node)), .. Text(2, "graph"), .. initializers.SelectMany(tensor => Message(5, tensor)),
            .. inputs.SelectMany(value => Message(11, value)), .. outputs.SelectMany(value => Message(12, value)),
        ];
        return [.. Number(1, IrVersion), .. Message(7, graph), .. Message(8, [.. Text(1, string.Empty), .. Number(2, Opset)])];
    }

    private static byte[] Value(string name, int type, int[] dimensions)
    {
        byte[] shape = [.. dimensions.SelectMany(size => Message(1, Number(1, size)))];
        return [.. Text(1, name), .. Message(2, Message(1, [.. Number(1, type), .. Message(2, shape)]))];
    }

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, int value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value > 127; value >>= 7)
        {
            yield return (byte)(value | 128);
        }

        yield return (byte)value;
    }
}
