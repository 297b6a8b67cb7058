using System.Collections.Immutable;
using System.Text.Json;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Notifications;

/// <summary>The receivers of projects, for those who look at them and change them. Thread safe.</summary>
public sealed class AlertReceivers
{
    private readonly ReceiverBook _book;
    private readonly Notifier _notifier;

    internal AlertReceivers(ReceiverBook book, Notifier notifier) => (_book, _notifier) = (book, notifier);

    /// <summary>The receivers of a project, by name, with how it stands with them.</summary>
    public ImmutableArray<ReceiverView> List(long pcode)
    {
        Dictionary<string, (ReceiverHealth Health, int Waiting)> states = _notifier.Report(pcode);
        return [.. _book.Of(pcode).Values.Select(receiver =>
        {
            (ReceiverHealth health, int waiting) = states.GetValueOrDefault(receiver.Name);
            return new ReceiverView(receiver, health, waiting);
        })];
    }

    /// <summary>A receiver; null when there is none of that name.</summary>
    public ReceiverView? Find(long pcode, string name) => List(pcode).FirstOrDefault(view => view.Receiver.Name == name);

    /// <summary>Makes or replaces a receiver. One that names no secret keeps the one that it has. It is durable when this returns.</summary>
    /// <exception cref="DefinitionException">It breaks the format, or the project has as many as it may.</exception>
    /// <exception cref="IOException">It can't be written, and nothing has changed.</exception>
    public void Put(long pcode, string name, JsonElement element) => _book.Put(pcode, name, element);

    /// <summary>Deletes a receiver; false when there is none of this name.</summary>
    /// <exception cref="IOException">Its file can't be deleted, and nothing has changed.</exception>
    public bool Delete(long pcode, string name) => _book.Delete(pcode, name);

    /// <summary>Posts a notification that it is a test, once and at once. Null when there is no receiver of that name.</summary>
    public async Task<WebhookResult?> TestAsync(long pcode, string name, CancellationToken cancellationToken) =>
        _book.Find(pcode, name) is { } receiver ? await _notifier.TestAsync(pcode, receiver, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Writes what may be shown of a receiver into the object that is open: neither the path of its URL nor its secret.</summary>
    public static void WriteFields(Utf8JsonWriter json, Receiver receiver) => ReceiverFormat.WriteShownFields(json, receiver);
}

/// <summary>A receiver and how it stands with it. Immutable.</summary>
/// <param name="Receiver">The receiver.</param>
/// <param name="Health">How notifications fare.</param>
/// <param name="WaitingCount">How many alerts it is to be told of.</param>
public sealed record ReceiverView(Receiver Receiver, ReceiverHealth Health, int WaitingCount);
