using System.Text;

namespace LayerDsl.Tests.Onnx;

/// <summary>An ONNX model of a few nodes, written field by field.</summary>
internal sealed class OnnxModel
{
    private const int IrVersion = 9;
    private const int Opset = 19;
    private const int AttributeTypeInt = 2;
    private const int AttributeTypeInts = 7;

    private readonly List<byte[]> nodes = [];
    private readonly List<byte[]> initializers = [];
    private readonly List<byte[]> inputs = [];
    private readonly List<byte[]> outputs = [];

    public OnnxModel Node(string operation, string[] from, string to, params OnnxAttribute[] attributes) => Node(string.Empty, operation, from, to, attributes);

    /// <summary>A node of an operator set of its own, such as com.microsoft.</summary>
    public OnnxModel Node(string domain, string operation, string[] from, string to, params OnnxAttribute[] attributes)
    {
        nodes.Add(Content(node =>
        {
            foreach (var name in from)
            {
                Text(node, 1, name);
            }

            Text(node, 2, to);
            Text(node, 4, operation);
            foreach (var attribute in attributes)
            {
                Message(node, 5, field => Write(field, attribute));
            }

            Text(node, 7, domain);
        }));
        return this;
    }

    public OnnxModel Constant(OnnxTensor tensor)
    {
        initializers.Add(Content(field =>
        {
            foreach (var size in tensor.Dimensions)
            {
                Number(field, 1, size);
            }

            Number(field, 2, tensor.Type);
            Text(field, 8, tensor.Name);
            Bytes(field, 9, tensor.Data);
        }));
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
        using var model = new MemoryStream();
        Number(model, 1, IrVersion);
        Message(model, 7, graph =>
        {
            nodes.ForEach(node => Bytes(graph, 1, node));
            Text(graph, 2, "graph");
            initializers.ForEach(tensor => Bytes(graph, 5, tensor));
            inputs.ForEach(value => Bytes(graph, 11, value));
            outputs.ForEach(value => Bytes(graph, 12, value));
        });
        foreach (var (domain, version) in new[] { (string.Empty, Opset), ("com.microsoft", 1) })
        {
            Message(model, 8, set =>
            {
                Text(set, 1, domain);
                Number(set, 2, version);
            });
        }

        return model.ToArray();
    }

    private static void Write(MemoryStream target, OnnxAttribute attribute)
    {
        Text(target, 1, attribute.Name);
        foreach (var value in attribute.Values)
        {
            Number(target, attribute.IsList ? 8 : 3, value);
        }

        Number(target, 20, attribute.IsList ? AttributeTypeInts : AttributeTypeInt);
    }

    private static byte[] Value(string name, int type, int[] dimensions) => Content(value =>
    {
        Text(value, 1, name);
        Message(value, 2, kind => Message(kind, 1, tensor =>
        {
            Number(tensor, 1, type);
            Message(tensor, 2, shape =>
            {
                foreach (var size in dimensions)
                {
                    Message(shape, 1, dimension => Number(dimension, 1, size));
                }
            });
        }));
    });

    private static void Message(MemoryStream target, int field, Action<MemoryStream> write) => Bytes(target, field, Content(write));

    private static byte[] Content(Action<MemoryStream> write)
    {
        using var content = new MemoryStream();
        write(content);
        return content.ToArray();
    }

    private static void Text(MemoryStream target, int field, string text) => Bytes(target, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(MemoryStream target, int field, ReadOnlySpan<byte> content)
    {
        Varint(target, ((ulong)field << 3) | 2);
        Varint(target, (ulong)content.Length);
        target.Write(content);
    }

    private static void Number(MemoryStream target, int field, int value)
    {
        Varint(target, (ulong)field << 3);
        Varint(target, (ulong)value);
    }

    private static void Varint(MemoryStream target, ulong value)
    {
        for (; value > 127; value >>= 7)
        {
            target.WriteByte((byte)(value | 128));
        }

        target.WriteByte((byte)value);
    }
}
