namespace LayerDsl.Tests.Forward;

/// <summary>Every supported spelling of an operation is read as the same step.</summary>
public sealed class ForwardReaderTests
{
    [Theory]
    [InlineData("Hidden.forward(x)", "Hidden(-1); return 0")]
    [InlineData("this.Hidden.forward(x)", "Hidden(-1); return 0")]
    [InlineData("Hidden.call(x)", "Hidden(-1); return 0")]
    [InlineData("(Hidden).forward((x))", "Hidden(-1); return 0")]
    [InlineData("Head.forward(Middle.forward(Hidden.forward(x)))", "Hidden(-1); Middle(0); Head(1); return 2")]
    public void Layer_calls_are_read(string body, string steps) => Reads(body, steps);

    [Theory]
    [InlineData("nn.functional.relu({0})", "Relu")]
    [InlineData("torch.nn.functional.relu({0})", "Relu")]
    [InlineData("relu({0})", "Relu")]
    [InlineData("{0}.relu()", "Relu")]
    [InlineData("relu(x: {0}, inplace: false)", "Relu")]
    [InlineData("{0}.sigmoid()", "Sigmoid")]
    [InlineData("torch.sigmoid({0})", "Sigmoid")]
    [InlineData("nn.functional.sigmoid({0})", "Sigmoid")]
    [InlineData("torch.special.expit({0})", "Sigmoid")]
    [InlineData("{0}.tanh()", "Tanh")]
    [InlineData("torch.tanh({0})", "Tanh")]
    [InlineData("nn.functional.tanh({0})", "Tanh")]
    [InlineData("{0}.gelu()", "Gelu")]
    [InlineData("gelu({0})", "Gelu")]
    [InlineData("gelu({0}, Approximate.none)", "Gelu")]
    [InlineData("gelu({0}, Approximate.tanh)", "GeluTanh")]
    [InlineData("gelu(approximate: Approximate.tanh, x: {0})", "GeluTanh")]
    [InlineData("gelu({0}, Chosen)", "GeluTanh")]
    [InlineData("{0}.softmax(-1)", "Softmax")]
    [InlineData("{0}.softmax(1)", "Softmax")]
    [InlineData("nn.functional.softmax({0}, dim: 1)", "Softmax")]
    [InlineData("torch.softmax({0}, 1)", "Softmax")]
    [InlineData("torch.special.softmax({0}, -1)", "Softmax")]
    [InlineData("{0}.log_softmax(-1)", "LogSoftmax")]
    [InlineData("nn.functional.log_softmax({0}, 1)", "LogSoftmax")]
    [InlineData("torch.special.log_softmax(dim: 1, input: {0})", "LogSoftmax")]
    public void Functions_are_read_in_every_spelling(string call, string function) => Reads(
        call.Replace("{0}", "Hidden.forward(x)", StringComparison.Ordinal),
        $"Hidden(-1); {function}(0); return 1",
        "private const Approximate Chosen = Approximate.tanh;");

    [Theory]
    [InlineData("h + x", "Add(0, -1)")]
    [InlineData("h - x", "Subtract(0, -1)")]
    [InlineData("h * x", "Multiply(0, -1)")]
    [InlineData("h.add(x)", "Add(0, -1)")]
    [InlineData("h.sub(x)", "Subtract(0, -1)")]
    [InlineData("h.subtract(x)", "Subtract(0, -1)")]
    [InlineData("h.mul(x)", "Multiply(0, -1)")]
    [InlineData("h.multiply(x)", "Multiply(0, -1)")]
    [InlineData("torch.sub(h, x)", "Subtract(0, -1)")]
    [InlineData("torch.sub(right: x, left: h)", "Subtract(0, -1)")]
    [InlineData("h + 2", "Add(0, 2)")]
    [InlineData("h - 0.5", "Subtract(0, 0.5)")]
    [InlineData("h * 0.5f", "Multiply(0, 0.5)")]
    [InlineData("2 + h", "number Add(0, 2)")]
    [InlineData("1.0 - h", "number Subtract(0, 1)")]
    [InlineData("h.add(0.5)", "Add(0, 0.5)")]
    [InlineData("torch.sub(h, 0.5)", "Subtract(0, 0.5)")]
    [InlineData("h.mul(Scale)", "Multiply(0, 0.25)")]
    [InlineData("h * (Scale * 2)", "Multiply(0, 0.5)")]
    [InlineData("h * (float)Scale", "Multiply(0, 0.25)")]
    [InlineData("-h", "Multiply(0, -1)")]
    [InlineData("h.neg()", "Multiply(0, -1)")]
    [InlineData("torch.negative(h)", "Multiply(0, -1)")]
    public void Arithmetic_is_read_in_every_spelling(string expression, string step) => Reads(
        $"var h = Middle.forward(x); return {expression};", $"Middle(-1); {step}; return 1", "private const double Scale = 0.25;");

    [Theory]
    [InlineData("x.view(-1, 6)")]
    [InlineData("x.reshape(-1, 6)")]
    [InlineData("torch.reshape(x, -1, 6)")]
    [InlineData("x.reshape(new long[] { -1, 6 })")]
    [InlineData("x.view([-1, 6])")]
    [InlineData("x.reshape(x.shape[0], -1)")]
    [InlineData("x.reshape(x.size(0), 6)")]
    [InlineData("x.flatten(1)")]
    [InlineData("x.flatten(start_dim: 1)")]
    [InlineData("x.flatten(end_dim: -1, start_dim: 1)")]
    [InlineData("torch.flatten(x, 1)")]
    public void Reshapes_are_read_in_every_spelling(string expression) => Reads($"Hidden.forward({expression})", "Reshape(-1, 6); Hidden(0); return 1");

    [Theory]
    [InlineData("var h = Hidden.forward(x); return h.relu();")]
    [InlineData("using var h = Hidden.forward(x); return h.relu();")]
    [InlineData("Tensor h; h = Hidden.forward(x); return h.relu();")]
    [InlineData("x = Hidden.forward(x); x = x.relu(); return x;")]
    [InlineData("Tensor h = x, g = Hidden.forward(h); h = g; return h.relu();")]
    [InlineData("using var scope = torch.NewDisposeScope(); return Hidden.forward(x).relu().MoveToOuterDisposeScope();")]
    [InlineData("using (torch.NewDisposeScope()) { return Hidden.forward(x).alias().relu(); }")]
    [InlineData("{ var h = Hidden.forward(x); { return relu(h.contiguous()); } }")]
    [InlineData("Tensor h; return (h = Hidden.forward(x)).relu();")]
    [InlineData("var unused = x * 2; return Hidden.forward(x).relu();")]
    public void Statements_are_read(string body) => Reads(body, "Hidden(-1); Relu(0); return 1");

    [Fact]
    public void Compound_assignment_rebinds_the_variable() => Reads(
        "var h = Middle.forward(x); h += x; h *= 2; return h;", "Middle(-1); Add(0, -1); Multiply(1, 2); return 2");

    [Fact]
    public void Variables_hold_numbers_and_the_batch_size() => Reads(
        "double s = 0.5; var n = x.shape[0]; var h = Hidden.forward(x) * s; return h.view(n, 2, 2);", "Hidden(-1); Multiply(0, 0.5); Reshape(1, 2×2); return 2");

    [Theory]
    [InlineData("Head.forward(x.view(-1, 5, 4))", "Reshape(-1, 5×4); Head(0); return 1", 20, 15)]
    [InlineData("Hidden.forward(x.view(x.shape[0], 2, -1)).flatten(1)", "Reshape(-1, 2×6); Hidden(0); Reshape(1, 8); return 2", 12, 8)]
    [InlineData("Head.forward(Middle.forward(x.view(-1, 2, 3, 4)).flatten(1, 2)).softmax(2)", "Reshape(-1, 2×3×4); Middle(0); Reshape(1, 6×4); Head(2); Softmax(3); return 4", 24, 18)]
    [InlineData("Hidden.forward(x.relu().view(-1, 2, 6)).flatten(1)", "Relu(-1); Reshape(0, 2×6); Hidden(1); Reshape(2, 8); return 3", 12, 8)]
    [InlineData("Hidden.forward(x).view(x.shape[0], -1, 2)", "Hidden(-1); Reshape(0, 2×2); return 1", 6, 4)]
    [InlineData("x * Middle.forward(x)", "Middle(-1); Multiply(-1, 0); return 1", 4, 4)]
    public void Shapes_follow_from_what_is_known(string body, string steps, int inputs, int outputs)
    {
        var run = Models.Run(body);
        Assert.Empty(run.Diagnostics);
        Assert.Equal(steps, Models.Steps(run));
        Assert.Contains($"inputSize: {inputs}, outputSize: {outputs}", run.File("M.Folded.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_whole_model_compiles_with_its_folded_form()
    {
        var run = Models.Run("var h = relu(Hidden.forward(x.flatten(1))); h = h + gelu(Middle.forward(h), Approximate.tanh); return Head.forward(h).log_softmax(-1);");

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
    }

    private static void Reads(string body, string steps, string members = "")
    {
        var run = Models.Run(body, members);

        Assert.Empty(run.CompileErrors);
        Assert.Empty(run.Diagnostics);
        Assert.Equal(steps, Models.Steps(run));
    }
}
