using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Alerting.Rules;

/// <summary>Definitions of one kind with their files, by project and name. Thread safe; who reads waits for nobody.</summary>
/// <typeparam name="T">The definition; immutable.</typeparam>
/// <param name="files">Where they are kept.</param>
/// <param name="most">Most definitions of a project.</param>
/// <param name="read">Makes a definition of a project, of a file's JSON and name; throws <see cref="DefinitionException"/>.</param>
internal sealed class DefinitionBook<T>(DefinitionFiles files, int most, Func<long, JsonElement, string, T> read)
    where T : class
{
    private static readonly ImmutableSortedDictionary<string, T> _none = ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    // Held by who changes definitions, also while the disk works, so that files and memory change in one order.
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<long, ImmutableSortedDictionary<string, T>> _all =
        ImmutableDictionary<long, ImmutableSortedDictionary<string, T>>.Empty;

    /// <summary>The definitions of a project, by name. As long as none changes it is the same object.</summary>
    public ImmutableSortedDictionary<string, T> Of(long pcode) => _all.GetValueOrDefault(pcode, _none);

    public T? Find(long pcode, string name) => Of(pcode).GetValueOrDefault(name);

    /// <summary>Reads a project's files. One that can't be read costs itself only.</summary>
    /// <returns>The files that can't be read, and why.</returns>
    public ImmutableArray<(string File, string Reason)> Load(long pcode)
    {
        lock (_lock)
        {
            var loaded = _none.ToBuilder();
            _ = files.Load(
                pcode, (json, name) => loaded[name] = loaded.Count < most ? read(pcode, json, name) : throw new DefinitionException(TooMany), out var bad);
            _all = _all.SetItem(pcode, loaded.ToImmutable());
            return bad;
        }
    }

    /// <summary>Makes or replaces a definition. It is durable when this returns.</summary>
    /// <exception cref="DefinitionException">The project has as many as it may.</exception>
    /// <exception cref="IOException">It can't be written, and nothing has changed.</exception>
    public void Put(long pcode, string name, T definition, ReadOnlySpan<byte> json)
    {
        lock (_lock)
        {
            ImmutableSortedDictionary<string, T> now = Of(pcode);
            if (now.Count >= most && !now.ContainsKey(name))
            {
                throw new DefinitionException(TooMany);
            }

            files.Write(pcode, name, json);
            _all = _all.SetItem(pcode, now.SetItem(name, definition));
        }
    }

    /// <summary>Deletes a definition; false when there is none of this name.</summary>
    /// <exception cref="IOException">Its file can't be deleted, and nothing has changed.</exception>
    public bool Delete(long pcode, string name)
    {
        lock (_lock)
        {
            if (Find(pcode, name) is null)
            {
                return false;
            }

            files.Delete(pcode, name);
            _all = _all.SetItem(pcode, Of(pcode).Remove(name));
            return true;
        }
    }

    private string TooMany => string.Create(CultureInfo.InvariantCulture, $"A project may have {most}; delete one.");
}
