using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl.Sparse;

/// <summary>What optimizers keep for each parameter, by the names TorchSharp gives it.</summary>
internal static class OptimizerStates
{
    /// <summary>Whether the optimizer's state can be reset at single places.</summary>
    public static bool IsKnown(optim.Optimizer optimizer) =>
        optimizer is OptimizerHelper known && known.state_dict().State.TrueForAll(state => TensorsOf(state) is not null);

    /// <summary>Zeroes the state of a parameter where a mask is 0: a weight that grows there later has no past.</summary>
    /// <param name="optimizer">A known optimizer.</param>
    /// <param name="parameter">The parameter; one that is not the optimizer's has no state.</param>
    /// <param name="kept">1 where the state stays, 0 where it is reset, of the parameter's shape.</param>
    public static void Reset(optim.Optimizer optimizer, Tensor parameter, Tensor kept)
    {
        var place = optimizer.parameters().ToList().FindIndex(own => own.Handle == parameter.Handle);
        var states = ((OptimizerHelper)optimizer).state_dict().State;
        if (place < 0 || place >= states.Count)
        {
            return;
        }

        foreach (var tensor in TensorsOf(states[place]) ?? [])
        {
            tensor?.mul_(kept.to(tensor.dtype, tensor.device));
        }
    }

    /// <summary>The tensors of a state that are as large as the parameter, or null for an optimizer that is not in the table.</summary>
    private static Tensor?[]? TensorsOf(OptimizerState state) => state switch
    {
        SGD.State sgd => [sgd.momentum_buffer],
        Adam.State adam => [adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq],
        AdamW.State adamW => [adamW.exp_avg, adamW.exp_avg_sq, adamW.max_exp_avg_sq],
        NAdam.State nadam => [nadam.exp_avg, nadam.exp_avg_sq],
        RAdam.State radam => [radam.exp_avg, radam.exp_avg_sq],
        Adamax.State adamax => [adamax.exp_avg, adamax.exp_inf],
        Adagrad.State adagrad => [adagrad.sum],
        Adadelta.State adadelta => [adadelta.square_avg, adadelta.acc_delta],
        RMSProp.State rms => [rms.square_avg, rms.momentum_buffer, rms.grad_avg],
        _ => null,
    };
}
