"""A safety checker with random weights: its folder, its pictures' scores and what it says of each.

expected.safetensors: for pictures of several sizes `N.picture` [1, height, width, 3] as bytes, `N.prepared`
[1, 3, side, side], `N.embedding` [1, width], and `unsuitable` [pictures], 1 where the checker finds one unsuitable.
Some are so only because a concept of special care lowers the others' thresholds.
"""

import json
from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessorPil

from reference import prepare, rename_tensors, save_model, save_tensors

SIDE = 32
SIZES = [(64, 64), (64, 48), (40, 72), (128, 96), (24, 24), (33, 50), (64, 64), (64, 64)]


def picture(height: int, width: int) -> torch.Tensor:
    small = torch.rand(1, 3, 5, 5)
    smooth = torch.nn.functional.interpolate(small, size=(height, width), mode="bicubic")
    return (smooth.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1)


def make(folder: Path) -> None:
    torch.manual_seed(90)
    config = CLIPConfig(
        projection_dim=12,
        vision_config=dict(
            hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3, image_size=SIDE,
            patch_size=8, projection_dim=12, initializer_factor=4.0))
    checker = prepare(StableDiffusionSafetyChecker(config))
    for name in ("concept_embeds", "special_care_embeds"):
        getattr(checker, name).copy_(torch.randn_like(getattr(checker, name)).half().float())
    processor = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})

    expected, scores = {}, []
    for number, size in enumerate(SIZES):
        image = picture(*size)
        prepared = processor(Image.fromarray(image[0].numpy()), return_tensors="pt").pixel_values
        embedding = checker.visual_projection(checker.vision_model(prepared)[1])
        expected |= {f"{number}.picture": image, f"{number}.prepared": prepared, f"{number}.embedding": embedding}
        unit = torch.nn.functional.normalize(embedding)
        scores.append([
            (unit @ torch.nn.functional.normalize(embeds).T)[0]
            for embeds in (checker.concept_embeds, checker.special_care_embeds)])
    # Thresholds between the pictures' scores: half of the pictures are near a concept, some by less than 0.01.
    concepts = torch.stack([concept for concept, _ in scores])
    special = torch.stack([special for _, special in scores])
    ranked = concepts.max(dim=1).values.sort().values
    checker.concept_embeds_weights.fill_(float(ranked[len(SIZES) // 2]) - 0.003)
    near = concepts.max(dim=1).values.argsort()[len(SIZES) // 2 - 1]
    checker.concept_embeds_weights.copy_(checker.concept_embeds_weights.half())
    # The nearest of the others has its threshold moved so that only special care makes it unsuitable.
    concept = concepts[near].argmax()
    checker.concept_embeds_weights[concept] = (concepts[near, concept] + 0.005).half()
    checker.special_care_embeds_weights.fill_(2)
    care = special[near].argmax()
    checker.special_care_embeds_weights[care] = (special[near, care] - 0.02).half()

    answers = []
    for number in range(len(SIZES)):
        _, unsuitable = checker(
            images=torch.zeros(1, 8, 8, 3).numpy(), clip_input=expected[f"{number}.prepared"])
        answers.append(int(unsuitable[0]))
    assert 0 < sum(answers) < len(SIZES)
    kept = checker.special_care_embeds_weights.clone()
    checker.special_care_embeds_weights.fill_(2)
    _, alone = checker(images=torch.zeros(1, 8, 8, 3).numpy(), clip_input=expected[f"{near}.prepared"])
    assert answers[near] == 1 and not alone[0], "no picture needs special care"
    checker.special_care_embeds_weights.copy_(kept)

    expected["unsuitable"] = torch.tensor(answers, dtype=torch.uint8)
    save_model(checker, folder / "safety_checker")
    # Published files have the vision transformer's name twice.
    rename_tensors(
        folder / "safety_checker" / "model.safetensors",
        lambda name: "vision_model." + name if name.startswith("vision_model.") else name)
    processor.save_pretrained(folder / "feature_extractor")
    path = folder / "safety_checker" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2) + "\n")
    save_tensors(expected, folder / "expected.safetensors")
