using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Ui.Pages;

namespace TimeSeries.Tests.Ui;

/// <summary>The panel of the node says what the prober found.</summary>
internal sealed class NodePanelTests
{
    private static readonly NodeHealth _health = new()
    {
        QueueBytes = 0,
        MaxQueueBytes = 1,
        BatchesUnderWay = 0,
        LogBytes = 0,
        MaxLogBytes = 1,
        OldestRecord = null,
        LogFault = null,
        IsLogFed = false,
        StoreFault = null,
        StoreNotice = null,
        WaitingBytes = 0,
        WaitingAge = TimeSpan.Zero,
        FreeDiskBytes = 2,
        LowDiskBytes = 1,
    };

    [Test]
    public async Task A_difference_stands_there_as_a_fault() => Assert.That(
        await RenderAsync(new Note("The prober found 2 values that are not as written.", IsWell: false)),
        Does.Contain("<dt>Prober</dt>").And.Contain("<dd class=\"fault\">The prober found 2 values that are not as written.</dd>"));

    [Test]
    public async Task A_round_without_one_does_too() => Assert.That(
        await RenderAsync(new Note("All is well.", IsWell: true)), Does.Contain("<dd>All is well.</dd>"));

    [Test]
    public async Task Without_a_prober_nothing_is_said_of_it() => Assert.That(
        await RenderAsync(new Note(null, IsWell: true)), Does.Contain("<dt>Disk</dt>").And.Not.Contain("Prober"));

    private static async Task<string> RenderAsync(IProbeNote note)
    {
        await using ServiceProvider services = new ServiceCollection().AddSingleton(note).BuildServiceProvider();
        await using HtmlRenderer renderer = new(services, NullLoggerFactory.Instance);
        ParameterView parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(NodePanel.Node)] = _health });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<NodePanel>(parameters)).ToHtmlString());
    }

    private sealed record Note(string? Text, bool IsWell) : IProbeNote;
}
