using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Errors of validators that name the key and the value found. Those of the framework name the member of a type.</summary>
public static class OptionErrors
{
    /// <summary>An error of an option.</summary>
    /// <param name="context">What is validated.</param>
    /// <param name="member">The property, or the end of a key below the section.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="separator">What separates the value found and the message.</param>
    public static ValidationResult Error(this ValidationContext context, string member, string message, string separator = ": ")
    {
        PropertyDescriptor? property = TypeDescriptor.GetProperties(context.ObjectInstance)[member];
        string found = property is null || property.PropertyType.IsInterface ? ""
            : property.Attributes[typeof(SecretAttribute)] is not null ? "the value (not shown)" + separator
            : $"'{property.Converter.ConvertToInvariantString(property.GetValue(context.ObjectInstance))}'{separator}";
        return new ValidationResult($"{context.KeyOf(member)}: {found}{message}.");
    }

    // A generated validator names a member like Projects:0.Tokens[1].Secret.
    internal static string KeyOf(this ValidationContext context, string member)
    {
        string path = context.DisplayName[..Math.Max(0, context.DisplayName.LastIndexOf('.'))];
        return $"{path.Replace('.', ':').Replace('[', ':').Replace("]", "", StringComparison.Ordinal)}:{member}";
    }
}

/// <summary>The option's value must never be shown: not in an error, not in a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
