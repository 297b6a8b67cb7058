using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.Logging.Abstractions;

namespace TimeSeries.Tests.Ui;

/// <summary>Renders components as a circuit does, and counts the changes that a browser would be sent.</summary>
internal sealed class ScreenlessRenderer(IServiceProvider services) : Renderer(services, NullLoggerFactory.Instance)
{
    private long _changes;

    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    /// <summary>How many changes there were.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>What a component threw; null for nothing.</summary>
    public Exception? Fault { get; private set; }

    protected override RendererInfo RendererInfo { get; } = new("Server", true);

    /// <summary>Shows a component.</summary>
    public Task ShowAsync(RenderFragment content) => Dispatcher.InvokeAsync(() =>
        RenderRootComponentAsync(AssignRootComponentId(new Root(content)), ParameterView.Empty));

    protected override void HandleException(Exception exception) => Fault = exception;

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        Interlocked.Increment(ref _changes);
        return Task.CompletedTask;
    }

    private sealed class Root(RenderFragment content) : IComponent
    {
        private RenderHandle _handle;

        public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

        public Task SetParametersAsync(ParameterView parameters)
        {
            _handle.Render(content);
            return Task.CompletedTask;
        }
    }
}
