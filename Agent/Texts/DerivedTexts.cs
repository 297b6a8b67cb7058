using System.Text;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Texts;

/// <summary>
/// The texts of a batch, derived from what was found, and remembered: the same routes, paths and statements come again and again. Used by one thread.
/// </summary>
internal sealed class DerivedTexts
{
    // All texts are forgotten when there are so many: paths with ids in them never come again.
    private const int MaxTexts = 4_096;

    // Longer statements are cut before they are normalised.
    private const int MaxStatement = 65_536;

    private readonly Dictionary<(NameForm Form, string Text), string> _texts = [];

    /// <summary>The text that a name becomes.</summary>
    public string? Of(string? name, NameForm form)
    {
        if (name is null || form == NameForm.Text)
        {
            return name;
        }

        if (_texts.TryGetValue((form, name), out string? known))
        {
            return known;
        }

        if (_texts.Count >= MaxTexts)
        {
            _texts.Clear();
        }

        return _texts[(form, name)] = Derive(name, form);
    }

    /// <summary>A text of at most so many bytes of UTF-8, cut at a character.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (text.Length * 3 <= maxBytes || Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        int bytes = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static string Derive(string name, NameForm form) => form switch
    {
        NameForm.Route or NameForm.Rpc => UrlText.WithSlash(name),
        NameForm.Path => UrlText.Collapse(name),
        NameForm.Url => UrlText.Collapse(UrlText.PathOf(name)),
        NameForm.Sql or NameForm.MySql => SqlText.Normalize(name.Length > MaxStatement ? name[..MaxStatement] : name, form == NameForm.MySql),
        _ => name,
    };
}
