using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Sparse;

[Conv2d(4, 6, 3, Padding = 1), SparseIso(0.75, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)]
public sealed partial class DopedConvolution;

[Conv2d(4, 6, 3, Padding = 1), SparseIso(0.75, Kind = SparseKind.Parallel, Mask = MaskSchedule.RigL)]
public sealed partial class ParallelConvolution;

[Conv2d(4, 6, 3, Padding = 1), SparseIso(0.5, Kind = SparseKind.Factorized, Mask = MaskSchedule.Set)]
public sealed partial class FactorizedConvolution;

[Conv2d(4, 6, 3, Padding = 1, Groups = 2), SparseIso(0.75, Kind = SparseKind.Doped), Compander]
public sealed partial class GroupedConvolution;

/// <summary>The kinds that keep a layer's sizes, over the kernel of a convolution.</summary>
public sealed class SparseConvolutionTests
{
    public static TheoryData<string> Names => ["doped", "parallel", "factorized", "grouped"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_gradients_and_folds_equal_those_of_a_plain_convolution(string name)
    {
        var layer = Make(name);
        layer.to(float64);
        SparseReferences.Disturb(layer, seed: 6);
        foreach (var part in layer.GetMaskedParameters())
        {
            part.Mask.requires_grad = part.Schedule == MaskSchedule.RigL;
        }

        var copies = References.Copies(layer);
        var masks = layer.named_buffers().ToDictionary(pair => pair.name, pair => pair.buffer.detach().clone());
        var x = randn([2, 4, 7, 7], float64);
        var y = layer.forward(x);
        var masked = copies.ContainsKey("factor_U") ? null : (masks["mask"] * copies[name == "grouped" ? "v" : copies.ContainsKey("weight") ? "weight" : "branch_weights"]).detach().requires_grad_(true);
        var expected = nn.functional.conv2d(x, Kernel(name, copies, masks, null), copies["bias"], padding: [1, 1], groups: name == "grouped" ? 2 : 1);
        GradientTests.AssertClose(expected, y, 1e-9, "output");
        var upstream = randn_like(y);
        (y * upstream).sum().backward();
        (expected * upstream).sum().backward();
        Assert.All(layer.named_parameters(), pair => GradientTests.AssertClose(copies[pair.name].grad!, pair.parameter.grad!, 1e-9, pair.name));
        if (layer.GetMaskedParameters().Any(part => part.Mask.requires_grad))
        {
            (nn.functional.conv2d(x, Kernel(name, copies, masks, masked), copies["bias"].detach(), padding: [1, 1]) * upstream).sum().backward();
            GradientTests.AssertClose(masked!.grad!, layer.GetMaskedParameters()[0].Mask.grad!, 1e-9, "mask");
        }

        GradientTests.AssertClose(y.detach(), layer.FoldTorch().forward(x).detach(), 1e-9, "folded");
        Assert.StartsWith("proved for every input, parameter and size", layer.GetCertificate().Verdict, StringComparison.Ordinal);
        var certificate = layer.GetCertificate();

        // Masks of branches overlap, so that their sum may have fewer numbers than the certificate says at most.
        Assert.InRange(layer.Fold().ByteCount, name == "parallel" ? 0 : certificate.FoldedBytes, certificate.FoldedBytes);
    }

    private static Layer Make(string name) => name switch
    {
        "doped" => new DopedConvolution(),
        "parallel" => new ParallelConvolution(),
        "factorized" => new FactorizedConvolution(),
        _ => new GroupedConvolution(),
    };

    private static Tensor Kernel(string name, IReadOnlyDictionary<string, Tensor> p, IReadOnlyDictionary<string, Tensor> masks, Tensor? masked) => name switch
    {
        "doped" => (masked ?? masks["mask"] * p["weight"]) + Product(p["doped_V"], p["doped_U"]),
        "parallel" => (masked ?? masks["mask"] * p["branch_weights"]).sum(dim: 0),
        "factorized" => Product(masks["mask_V"] * p["factor_V"], masks["mask_U"] * p["factor_U"]),
        _ => p["log_a"].exp() * (((masks["mask"] * p["v"]) + Product(p["doped_V"], p["doped_U"])) / p["log_b"].exp()).atan(),
    };

    private static Tensor Product(Tensor up, Tensor down) => up.mm(down.flatten(1)).reshape([up.shape[0], .. down.shape[1..]]);
}
