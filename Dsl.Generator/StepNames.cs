namespace LayerDsl.Generator;

/// <summary>The names under which the pipeline's steps are tracked; the incrementality tests look them up.</summary>
internal static class StepNames
{
    public const string DeclaredModels = nameof(DeclaredModels);
    public const string DeclaredLayers = nameof(DeclaredLayers);
    public const string DeclaredMethods = nameof(DeclaredMethods);
    public const string MethodFiles = nameof(MethodFiles);
    public const string Models = nameof(Models);
    public const string LayerTasks = nameof(LayerTasks);
    public const string ProvedLayers = nameof(ProvedLayers);
    public const string DifferentiatedLayers = nameof(DifferentiatedLayers);
    public const string ScheduledLayers = nameof(ScheduledLayers);
    public const string LayerFiles = nameof(LayerFiles);
    public const string MergedModels = nameof(MergedModels);
    public const string AttentionTasks = nameof(AttentionTasks);
    public const string ProvedAttention = nameof(ProvedAttention);
    public const string ScheduledAttention = nameof(ScheduledAttention);
    public const string AttentionFiles = nameof(AttentionFiles);
    public const string ModelFiles = nameof(ModelFiles);
    public const string FoldedFiles = nameof(FoldedFiles);
    public const string HasIlgpu = nameof(HasIlgpu);
    public const string DeviceFiles = nameof(DeviceFiles);
    public const string TrainedLayers = nameof(TrainedLayers);
    public const string TrainerFiles = nameof(TrainerFiles);
    public const string TorchLoader = nameof(TorchLoader);
    public const string Diagnostics = nameof(Diagnostics);
}
