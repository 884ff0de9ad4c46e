"""What a picture is composed of."""
