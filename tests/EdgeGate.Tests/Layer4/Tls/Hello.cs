using System.Buffers.Binary;
using System.Text;

namespace EdgeGate.Tests.Layer4.Tls;

/// <summary>Writes ClientHello messages and their records, right ones and wrong ones.</summary>
internal static class Hello
{
    public static byte[] Of(string? name, params string[] protocols) => Record(Message(Extensions(name, protocols)));

    public static byte[] Extensions(string? name, params string[] protocols)
    {
        byte[] bytes = Extension(0x0a0a, []); // GREASE
        if (name is not null)
        {
            bytes = [.. bytes, .. Names((0, name))];
        }

        byte[] list = [.. protocols.SelectMany(p => Vector(1, Encoding.ASCII.GetBytes(p)))];
        return protocols.Length == 0 ? bytes : [.. bytes, .. Extension(16, Vector(2, list))];
    }

    /// <summary>The extension server_name, with names of whatever types.</summary>
    public static byte[] Names(params (byte Type, string Name)[] names) => Extension(
        0, Vector(2, [.. names.SelectMany(n => (byte[])[n.Type, .. Vector(2, Encoding.Latin1.GetBytes(n.Name))])]));

    public static byte[] Extension(int type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Vector(2, content)];

    /// <summary>The handshake message; null: without any extensions.</summary>
    public static byte[] Message(byte[]? extensions, byte type = 1, byte major = 3, int session = 32)
    {
        byte[] body =
        [
            major, 3, .. new byte[32], .. Vector(1, new byte[session]), .. Vector(2, [0x13, 0x01]), .. Vector(1, [0]),
            .. extensions is null ? [] : Vector(2, extensions),
        ];
        return [type, .. Vector(3, body)];
    }

    /// <summary>The message in records of so many bytes each.</summary>
    public static byte[] Record(byte[] message, int each = 16 * 1024) =>
        [.. message.Chunk(each).SelectMany(part => (byte[])[22, 3, 1, .. Vector(2, part)])];

    public static byte[] Vector(int lengthBytes, byte[] content)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        return [.. length[^lengthBytes..], .. content];
    }
}
