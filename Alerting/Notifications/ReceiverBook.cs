using System.Collections.Immutable;
using System.Text.Json;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Notifications;

/// <summary>The receivers of all projects, with their files, which only their owner may read. Thread safe.</summary>
/// <param name="files">Their files.</param>
internal sealed class ReceiverBook(DefinitionFiles files)
{
    // Each may have a request on its way.
    private const int Most = 64;

    private readonly DefinitionBook<Receiver> _book = new(files, Most, static (_, json, name) => ReceiverFormat.Read(json, name, secret: ""));

    /// <summary>The receivers of a project, by name. As long as none changes it is the same object.</summary>
    public ImmutableSortedDictionary<string, Receiver> Of(long pcode) => _book.Of(pcode);

    public Receiver? Find(long pcode, string name) => _book.Find(pcode, name);

    /// <summary>Reads a project's files. One that can't be read costs itself only.</summary>
    /// <returns>The files that can't be read, and why.</returns>
    public ImmutableArray<(string File, string Reason)> Load(long pcode) => _book.Load(pcode);

    /// <summary>Makes or replaces a receiver. One that names no secret keeps the one that it has. It is durable when this returns.</summary>
    /// <exception cref="DefinitionException">It breaks the format, or the project has as many as it may.</exception>
    /// <exception cref="IOException">It can't be written, and nothing has changed.</exception>
    public Receiver Put(long pcode, string name, JsonElement element)
    {
        Receiver receiver = ReceiverFormat.Read(element, name, Find(pcode, name)?.Secret ?? "");
        _book.Put(pcode, name, receiver, ReceiverFormat.ToFile(receiver));
        return receiver;
    }

    /// <summary>Deletes a receiver; false when there is none of this name.</summary>
    /// <exception cref="IOException">Its file can't be deleted, and nothing has changed.</exception>
    public bool Delete(long pcode, string name) => _book.Delete(pcode, name);
}
