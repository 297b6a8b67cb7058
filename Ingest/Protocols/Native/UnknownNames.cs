using System.Text;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>
/// Names on the wire that no kind or field has, once each, so that a typo shows. The response lists the first <see cref="MaxNames"/> of them, each at most
/// <see cref="MaxNameBytes"/> bytes long: a name is a hint for people. All are counted. Not thread safe.
/// </summary>
internal sealed class UnknownNames
{
    public const int MaxNames = 100;
    public const int MaxNameBytes = 128;

    // What one batch blew up is not worth keeping.
    private const int MaxKeptNames = 1_000;

    private SymbolTable _names = new();

    /// <summary>How many there are, also of those that are not listed.</summary>
    public int Count => _names.Count;

    /// <summary>Whether there are more than are listed.</summary>
    public bool IsCut => Count > MaxNames;

    /// <summary>The first names; ill-formed bytes show as U+FFFD. Allocates only when there are some.</summary>
    public IReadOnlyList<string> List()
    {
        if (Count == 0)
        {
            return [];
        }

        string[] names = new string[Math.Min(Count, MaxNames)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetString(_names[i]);
        }

        return names;
    }

    /// <summary>Adds <paramref name="name"/>, or <c>owner.name</c> when the owner is not empty.</summary>
    internal void Add(ReadOnlySpan<char> owner, ReadOnlySpan<byte> name)
    {
        Span<byte> text = stackalloc byte[MaxNameBytes];
        int length = 0;
        if (!owner.IsEmpty)
        {
            length = Encoding.UTF8.GetBytes(owner, text);
            text[length++] = (byte)'.';
        }

        name = name[..Utf8Truncation.Length(name, MaxNameBytes - length)];
        name.CopyTo(text[length..]);
        _names.Intern(text[..(length + name.Length)]);
    }

    internal void Clear()
    {
        if (Count > MaxKeptNames)
        {
            _names = new SymbolTable();
        }
        else if (Count > 0)
        {
            _names.Clear();
        }
    }
}
