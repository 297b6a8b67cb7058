using System.Text.Json;

namespace TimeSeries.Query.Families.Ncp;

/// <summary>Finds texts of a body that have no characters: bytes that are no UTF-8, or an escape that is half of a surrogate pair.</summary>
internal static class NcpTexts
{
    /// <summary>Looks through a body with everything in it. Returns a sentence that names the field; null when all is well.</summary>
    public static string? FindIllFormed(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return IsWellFormed(body) ? null : "The body has a text that is no valid Unicode.";
        }

        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                return "The name of a field is no valid Unicode.";
            }

            if (!IsWellFormed(property.Value))
            {
                return $"{name} has a text that is no valid Unicode.";
            }
        }

        return null;
    }

    private static bool IsWellFormed(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(property => NameOf(property) is not null && IsWellFormed(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(IsWellFormed),
        JsonValueKind.String => TextOf(value) is not null,
        _ => true,
    };

    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // The document's only way to say so.
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
